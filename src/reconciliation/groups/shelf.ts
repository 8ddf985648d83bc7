/** Texts that many wait for in memory, kept outside V8's heap: nothing of them is looked at by collecting garbage. */
export interface Shelf {
  /** Answers where the text lies. */
  put(text: string): number;
  get(at: number): string;
  /** What lies there is not asked for again; once for each text. */
  drop(at: number): void;
}

interface Board {
  readonly bytes: Buffer;
  used: number;
  texts: number;
}

const BOARD_BYTES = 1_048_576;
const LENGTH_BYTES = 4;

/** A board is given back when the last of its texts is dropped. */
export function createShelf(): Shelf {
  const boards = new Map<number, Board>();
  let latest = -1;
  return {
    put: (text) => {
      const length = Buffer.byteLength(text);
      const board = boardFor(LENGTH_BYTES + length);
      const { used } = board;
      board.bytes.writeUInt32LE(length, used);
      board.bytes.write(text, used + LENGTH_BYTES);
      board.used += LENGTH_BYTES + length;
      board.texts += 1;
      return latest * BOARD_BYTES + used;
    },
    get: (at) => {
      const { bytes } = boardAt(at);
      const begin = (at % BOARD_BYTES) + LENGTH_BYTES;
      return bytes.toString('utf8', begin, begin + bytes.readUInt32LE(begin - LENGTH_BYTES));
    },
    drop: (at) => {
      const board = boardAt(at);
      board.texts -= 1;
      if (board.texts === 0) boards.delete(Math.floor(at / BOARD_BYTES));
    },
  };

  /** A text that is larger than a board has one of its own. */
  function boardFor(bytes: number): Board {
    const board = boards.get(latest);
    if (board && board.used + bytes <= BOARD_BYTES) return board;
    latest += 1;
    const next = { bytes: Buffer.allocUnsafeSlow(Math.max(bytes, BOARD_BYTES)), used: 0, texts: 0 };
    boards.set(latest, next);
    return next;
  }

  function boardAt(at: number): Board {
    const board = boards.get(Math.floor(at / BOARD_BYTES));
    if (!board) throw new Error(`Nothing lies at ${at}: it was dropped.`);
    return board;
  }
}
