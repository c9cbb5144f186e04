// Seat labels. Rows are lettered like the columns of a spreadsheet: A to Z, AA, AB, …

/** The index of a row, from 0: `AB` is 27. */
export function rowOf(letters) {
  let row = 0;
  for (const letter of letters) row = row * 26 + letter.charCodeAt(0) - 64;
  return row - 1;
}

/** The letters of a row: 27 is `AB`. */
export function lettersOf(row) {
  let letters = '';
  for (let rest = row + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** `balcony:C4` is prefix `balcony:`, row 2, number 3, both from 0. Null if it is no label. */
export function parseLabel(label) {
  const parts = /^(.*:)?([A-Z]{1,3})([1-9]\d{0,3})$/s.exec(label);
  if (!parts) return null;
  return { prefix: parts[1] ?? '', row: rowOf(parts[2]), number: Number(parts[3]) - 1 };
}
