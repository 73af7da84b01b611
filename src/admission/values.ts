/**
 * Whether JSON text holds more than this many values, told without parsing it: every value but the first follows a
 * comma or opens a list or an object. Reads no further than it has to; what is no JSON is counted all the same.
 */
export const holdsMoreValues = (json: Uint8Array, most: number): boolean => {
  let left = most;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (inText) {
      if (byte === backslash) at++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === comma || byte === bracket || byte === brace) {
      left--;
      if (left < 0) return true;
    }
  }
  return false;
};

const [backslash, quote, comma, bracket, brace] = [0x5c, 0x22, 0x2c, 0x5b, 0x7b];
