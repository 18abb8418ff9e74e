// Does what somebody types end in the check symbol of a generated code? The rule is that of functions/codes.py.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FIELD = 0b100101, HIGH = 0b100000; // x^5 + x^2 + 1 over GF(2): GF(32)
const MIN = 6, MAX = 20, GROUP = 5, USUAL = 10;
const ROUNDS = 8;

const TWINS = {
  "0": "OОΟ", "1": "ILІΙӀ|", "3": "З", A: "АΑ", B: "ВΒ", C: "СϹ", E: "ЕЁΕ", H: "НΗҺ", J: "ЈͿ", K: "КΚ", M: "МΜ", N: "Ν",
  P: "РΡ", Q: "Ԛ", S: "Ѕ", T: "ТΤ", W: "Ԝ", X: "ХΧ", Y: "УΥҮ", Z: "Ζ",
};
const FOLD = new Map(Object.entries(TWINS).flatMap(([twin, letters]) => [...letters].map((letter) => [letter, twin])));
const IGNORED = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Pd}\p{Pc}\u2212\u02d7\u2043\u115f\u1160\u3164\u2800\ufe00-\ufe0f\u034f]+/u;

const QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~";
const RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ";
const KEYS = new Map([...RUSSIAN].map((letter, place) => [letter, QWERTY[place]]));

const swapped = (text, table) => [...text].map((letter) => table.get(letter) ?? letter).join("");

// Groups of a text, folded: capitals, look-alikes made one, split where spaces or dashes stand.
function groups(typed) {
  const plain = typed.normalize("NFKC").toUpperCase();
  return plain.split(IGNORED).map((group) => swapped(group, FOLD)).filter((group) => group);
}

// All of it, folded; letters may have met their accents once nothing stands between them, hence the rounds.
export function fold(typed) {
  for (let round = 0, before = null; typed !== before && round < ROUNDS; round += 1) {
    before = typed;
    typed = groups(typed).join("");
  }
  return typed;
}

// The last symbol is the check symbol of the others: their weighted sum over GF(32) is zero.
export function checkFits(symbols) {
  let total = 0;
  for (const symbol of symbols) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) return false;
    total <<= 1;
    if (total & HIGH) total ^= FIELD;
    total ^= value;
  }
  return symbols.length > 1 && total === 0;
}

// How many symbols a generated code may have here, behind its prefix: fives, then what is left of them; written in
// one piece, as many as usual.
function lengths(parts) {
  if (parts.length === 1) return [USUAL];
  const found = [];
  let length = 0;
  for (const [place, part] of parts.toReversed().entries()) {
    if (place ? part.length !== GROUP : part.length > GROUP) break;
    length += part.length;
    if (length >= MIN && length <= MAX) found.push(length);
  }
  return found;
}

function read(typed) {
  return [typed, swapped(typed.normalize("NFKC"), KEYS)].map(groups).filter((parts) => parts.length);
}

// True as soon as what was typed can be a whole generated code: then it is worth asking.
export function fits(typed) {
  return read(typed).some((parts) => {
    const symbols = parts.join("");
    return lengths(parts).some((length) => symbols.length >= length && checkFits(symbols.slice(-length)));
  });
}

// True for what is written like a generated code, PREFIX-XXXXX-XXXXX, but whose check symbol does not fit.
export function seemsMistyped(typed) {
  return !fits(typed) && read(typed).some((parts) => parts.length > 1 && parts.slice(-2).every((part) => part.length === GROUP));
}
