/**
 * The texts of an answer's Warning headers (RFC 7234, 5.5), as API servers write them: `299 - "text"`, one a header or
 * several with commas between. What has another form is left out.
 */
export const readWarnings = (header: string | readonly string[] | undefined): readonly string[] => {
  const all = header === undefined ? [] : typeof header === "string" ? [header] : header;
  return all.flatMap((line) =>
    [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1")),
  );
};
