const unitMs = { h: 3_600_000, m: 60_000, s: 1_000 } as const;
const part = /([0-9]{1,9})([hms])/g;
const whole = /^([0-9]{1,9}[hms])+$/;

/** Milliseconds of a duration as Go and Kubernetes write it ("2160h", "1h30m", "90s"), or undefined for anything else. */
export const parseDuration = (text: string): number | undefined =>
  whole.test(text)
    ? [...text.matchAll(part)].reduce(
        (ms, [, count, unit]) => ms + Number(count) * unitMs[unit as keyof typeof unitMs],
        0,
      )
    : undefined;
