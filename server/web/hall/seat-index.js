// Which seats are at a point or in a box: seats lie in the squares of a grid.

/** The side of a square, in units. */
const SQUARE = 40;

export class SeatIndex {
  #hall;
  #across;
  #along;
  /** The first seat of each square in `#seats`, and one more. */
  #begins;
  #seats;

  constructor(hall) {
    this.#hall = hall;
    this.#across = Math.ceil(hall.width / SQUARE) + 1;
    this.#along = Math.ceil(hall.height / SQUARE) + 1;
    const squares = this.#across * this.#along;
    this.#begins = new Uint32Array(squares + 1);
    const square = (seat) => this.#square(hall.x[seat], hall.y[seat]);
    for (let seat = 0; seat < hall.seats; seat += 1) this.#begins[square(seat) + 1] += 1;
    for (let at = 0; at < squares; at += 1) this.#begins[at + 1] += this.#begins[at];
    this.#seats = new Uint32Array(hall.seats);
    const next = this.#begins.slice();
    for (let seat = 0; seat < hall.seats; seat += 1) {
      this.#seats[next[square(seat)]] = seat;
      next[square(seat)] += 1;
    }
  }

  /** The seat at a point; undefined where there is none. */
  seatAt(x, y) {
    let [nearest, least] = [undefined, Infinity];
    for (const seat of this.seatsIn([x - SQUARE, y - SQUARE, x + SQUARE, y + SQUARE])) {
      const distance = Math.hypot(this.#hall.x[seat] - x, this.#hall.y[seat] - y);
      if (distance < least && distance <= this.#hall.row(seat).pitch / 2) {
        [nearest, least] = [seat, distance];
      }
    }
    return nearest;
  }

  /** The seats whose middle is in a box. */
  *seatsIn(box) {
    const { x, y } = this.#hall;
    const [left, top, right, bottom] = box;
    for (const [first, end] of this.#squaresIn(box)) {
      for (let at = first; at < end; at += 1) {
        const seat = this.#seats[at];
        const isIn = x[seat] >= left && x[seat] <= right && y[seat] >= top && y[seat] <= bottom;
        if (isIn) yield seat;
      }
    }
  }

  /** How many seats there are in the squares that touch a box. */
  countAbout(box) {
    let seats = 0;
    for (const [first, end] of this.#squaresIn(box)) seats += end - first;
    return seats;
  }

  /** Where the seats of the squares that touch a box are: a range for each line of squares. */
  *#squaresIn([left, top, right, bottom]) {
    const column = (at) => Math.min(this.#across - 1, Math.max(0, Math.floor(at / SQUARE)));
    const line = (at) => Math.min(this.#along - 1, Math.max(0, Math.floor(at / SQUARE)));
    const [from, to] = [column(left), column(right)];
    for (let row = line(top); row <= line(bottom); row += 1) {
      const [first, last] = [row * this.#across + from, row * this.#across + to];
      yield [this.#begins[first], this.#begins[last + 1]];
    }
  }

  #square(x, y) {
    return Math.floor(y / SQUARE) * this.#across + Math.floor(x / SQUARE);
  }
}
