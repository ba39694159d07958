// npm run bench -- NAME…: measures and prints JSON on stdout, progress on stderr. docs/performance.md keeps the figures.
import { benchAlerts } from './alerts.ts';
import { benchAudit } from './audit.ts';
import { benchBookings } from './bookings.ts';
import { benchConsole } from './console.ts';
import { benchFaces } from './faces.ts';
import { benchLoad } from './load/index.ts';
import { benchMasking } from './masking.ts';
import { benchPeople } from './people.ts';
import { benchPictures } from './pictures.ts';
import { benchRecording } from './recording.ts';
import { benchRelistening } from './relistening.ts';
import { benchTranscripts } from './transcripts.ts';
import { benchSetUpAndCutOff } from './set-up-and-cut-off.ts';
import { benchSpeech } from './speech.ts';
import { benchStorage } from './storage.ts';
import { benchSyncAndCost } from './sync-and-cost.ts';
import { benchVenues } from './venues.ts';
import { benchWords } from './words.ts';

const BENCHES: Record<string, () => Promise<object>> = {
  calls: benchSetUpAndCutOff,
  alerts: benchAlerts,
  sync: benchSyncAndCost,
  load: benchLoad,
  audit: benchAudit,
  people: benchPeople,
  console: benchConsole,
  venues: benchVenues,
  bookings: benchBookings,
  masking: benchMasking,
  faces: benchFaces,
  pictures: benchPictures,
  recording: benchRecording,
  relistening: benchRelistening,
  transcripts: benchTranscripts,
  speech: benchSpeech,
  storage: benchStorage,
  words: benchWords,
};

const args = process.argv.slice(2);
/** What follows are a bench's own options. */
const options = args.findIndex((arg) => arg.startsWith('--'));
const names = options < 0 ? args : args.slice(0, options);
const wanted = names.length > 0 ? names : Object.keys(BENCHES);
for (const name of wanted) {
  const bench = BENCHES[name];
  if (!bench) {
    console.error(`No such bench: ${name}. There are: ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  console.log(JSON.stringify({ bench: name, ...(await bench()) }, null, 2));
}
process.exit(0);
