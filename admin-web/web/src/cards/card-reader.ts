/** What a reader gives: the card's own number and, where it can, what was written onto the card. */
export interface CardRead {
  uid: string;
  payload?: string;
}

/** A card reader at the officer's desk. A vendor's own (WebUSB, a local service) takes the wedge's place behind this. */
export interface CardReader {
  /** Calls with each card that is read; what it answers stops that. */
  listen(onCard: (card: CardRead) => void): () => void;
}

interface Key {
  key: string;
  timeStamp: number;
}

/** Milliseconds between the keys of a reader; nobody types that fast for long. */
export const MAX_GAP_MS = 50;
const MIN_LENGTH = 4;
const MAX_LENGTH = 32;

/** Tells a reader that types like a keyboard from a person: a fast burst of digits that ends with Enter. */
export class WedgeRecogniser {
  #typed = '';
  #last = Number.NEGATIVE_INFINITY;

  /** Takes one key; answers the number when it completes one. */
  take({ key, timeStamp }: Key): string | null {
    const fast = timeStamp - this.#last <= MAX_GAP_MS;
    this.#last = timeStamp;
    if (key === 'Enter') {
      const typed = fast ? this.#typed : '';
      this.#typed = '';
      return typed.length >= MIN_LENGTH && typed.length <= MAX_LENGTH ? typed : null;
    }
    if (key === 'Shift') return null;
    if (!/^[0-9a-f]$/i.test(key)) this.#typed = '';
    else this.#typed = fast ? this.#typed + key.toUpperCase() : key.toUpperCase();
    return null;
  }
}

/** A keyboard-wedge reader, wherever the focus is. Enter after a card does not send the form the cursor is in. */
export class KeyboardWedgeReader implements CardReader {
  listen(onCard: (card: CardRead) => void): () => void {
    const recogniser = new WedgeRecogniser();
    const take = (event: KeyboardEvent) => {
      const uid = recogniser.take(event);
      if (uid === null) return;
      event.preventDefault();
      event.stopPropagation();
      onCard({ uid });
    };
    globalThis.addEventListener('keydown', take, true);
    return () => globalThis.removeEventListener('keydown', take, true);
  }
}

export const cardReader: CardReader = new KeyboardWedgeReader();
