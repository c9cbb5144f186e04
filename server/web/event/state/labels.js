// Labels of rows in halls without a plan: A to Z, AA, AB, … like the columns of a spreadsheet.

/** The letters of a row: 27 is `AB`. */
export function lettersOf(row) {
  let letters = '';
  for (let rest = row + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
