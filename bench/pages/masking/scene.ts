/** A person before a wall, of which each point is known. */
export interface Scene {
  name: string;
  /** Draws wall and person, the person at `x` (0…1 of the width). */
  draw(pen: OffscreenCanvasRenderingContext2D, x: number): void;
  /** The wall alone, and where the person is: 255 person, 0 wall. */
  truth(x: number): { wall: Uint8ClampedArray; person: Uint8ClampedArray };
}

export const WIDTH = 640;
export const HEIGHT = 480;

export function penOf(): OffscreenCanvasRenderingContext2D {
  const pen = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('no canvas');
  return pen;
}

type Paint = (pen: OffscreenCanvasRenderingContext2D) => void;

const fill = (pen: OffscreenCanvasRenderingContext2D, colour: string, ...box: [number, number, number, number]) => {
  pen.fillStyle = colour;
  pen.fillRect(...box);
};

/** Walls as a visiting room has them, and one that no room has. */
const WALLS: Record<string, Paint> = {
  chequer: (pen) => {
    fill(pen, '#ff00ff', 0, 0, WIDTH, HEIGHT);
    for (let x = 0; x < WIDTH; x += 40) for (let y = (x / 40) % 2 ? 40 : 0; y < HEIGHT; y += 80) fill(pen, '#00ff00', x, y, 40, 40);
  },
  'white room with a door': (pen) => {
    fill(pen, '#dcdad2', 0, 0, WIDTH, HEIGHT);
    fill(pen, '#8a6a48', 60, 60, 130, 420);
    fill(pen, '#b9c4c9', 430, 50, 150, 110);
    fill(pen, '#4a4f55', 0, 440, WIDTH, 40);
  },
  'dark shelf': (pen) => {
    fill(pen, '#2b2622', 0, 0, WIDTH, HEIGHT);
    for (let y = 40; y < HEIGHT; y += 110) {
      fill(pen, '#6d4c2f', 0, y + 84, WIDTH, 14);
      for (let x = 8; x < WIDTH; x += 34) fill(pen, ['#8c2f2f', '#2f5d8c', '#c9b458', '#3f7d4f'][(x + y) % 4] ?? '#777', x, y, 26, 84);
    }
  },
};

/** Each person before each wall. */
export async function openScenes(people: Record<string, string>): Promise<Scene[]> {
  const scenes: Scene[] = [];
  for (const [who, source] of Object.entries(people)) {
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    for (const [wall, paint] of Object.entries(WALLS)) scenes.push(sceneOf(`${who}, ${wall}`, picture, paint));
  }
  return scenes;
}

function sceneOf(name: string, picture: HTMLImageElement, paint: Paint): Scene {
  const place = (pen: OffscreenCanvasRenderingContext2D, x: number) => {
    const width = (picture.naturalWidth * HEIGHT * 0.88) / picture.naturalHeight;
    pen.drawImage(picture, x * WIDTH - width / 2, HEIGHT * 0.12, width, HEIGHT * 0.88);
  };
  return {
    name,
    draw: (pen, x) => {
      paint(pen);
      place(pen, x);
    },
    truth: (x) => {
      const [wall, person] = [penOf(), penOf()];
      paint(wall);
      place(person, x);
      const alpha = person.getImageData(0, 0, WIDTH, HEIGHT).data;
      return {
        wall: wall.getImageData(0, 0, WIDTH, HEIGHT).data,
        person: new Uint8ClampedArray(WIDTH * HEIGHT).map((_, index) => alpha[index * 4 + 3] ?? 0),
      };
    },
  };
}
