/*
 * The trial speech engine: a recogniser on libpocketsphinx for one channel.
 *
 *   trial-engine ACOUSTIC_MODEL DICTIONARY LANGUAGE_MODEL
 *
 * Reads 16-bit little-endian mono PCM at 16 kHz from stdin until it ends. Writes JSON lines to stdout:
 *
 *   {"t":"ready"}
 *   {"t":"partial","at":MS,"words":[["WORD",START_MS,END_MS],...]}    provisional, may be revised
 *   {"t":"final","at":MS,"words":[["WORD",START_MS,END_MS],...]}      the utterance is over
 *   {"t":"at","at":MS}                                                how much has been read, twice per second of audio
 *   {"t":"end","at":MS}                                               stdin has ended
 *
 * Times are milliseconds of the audio read; `at` is how much has been read. Exit status: 0 at the end of stdin,
 * 2 wrong arguments, 3 the models cannot be loaded, 4 decoding failed. Reasons go to stderr.
 */
#include <errno.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SAMPLES_PER_MS 16
/* Small blocks keep provisional text close behind the speech: 40 ms. */
#define BLOCK_SAMPLES (40 * SAMPLES_PER_MS)
/* Steady noise would keep an utterance open for ever: end it in a pause from here on, and at the latest there. */
#define LONG_UTTERANCE_MS 15000
#define LONGEST_UTTERANCE_MS 25000
#define PROGRESS_MS 500
#define MAX_TEXT 8192

typedef struct {
  ps_decoder_t *decoder;
  long samples;         /* read so far */
  long utterance_start; /* ms at which speech of this utterance was first noticed; -1 in silence */
  long told;            /* ms of progress told last */
  int frame_ms;
  char last[MAX_TEXT]; /* text of the partial written last */
} engine_t;

static long now_ms(const engine_t *engine) { return engine->samples / SAMPLES_PER_MS; }

static void write_json_string(const char *text) {
  putchar('"');
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      printf("\\%c", c);
    else if (c < 0x20)
      printf("\\u%04x", c);
    else
      putchar(c);
  }
  putchar('"');
}

/* Silence, noise and sentence marks are written in brackets: <s>, <sil>, [NOISE], ++BREATH++. */
static int is_word(const char *word) { return !strchr("<[+(", word[0]); }

/* A word's other pronunciations are named "word(2)"; the text is the part before. */
static void write_word(const char *word, long start, long end) {
  char text[256];
  snprintf(text, sizeof text, "%s", word);
  char *variant = strrchr(text, '(');
  if (variant && variant != text) *variant = 0;
  putchar('[');
  write_json_string(text);
  printf(",%ld,%ld]", start, end);
}

/* Writes the words known now; returns whether the last thing heard is a pause. */
static int write_words(engine_t *engine, const char *type) {
  int first = 1, pause = 0;
  printf("{\"t\":\"%s\",\"at\":%ld,\"words\":[", type, now_ms(engine));
  for (ps_seg_t *segment = ps_seg_iter(engine->decoder); segment; segment = ps_seg_next(segment)) {
    const char *word = ps_seg_word(segment);
    int start, end;
    ps_seg_frames(segment, &start, &end);
    pause = !is_word(word);
    if (pause) continue;
    if (!first) putchar(',');
    first = 0;
    write_word(word, (long)start * engine->frame_ms, (long)(end + 1) * engine->frame_ms);
  }
  printf("]}\n");
  fflush(stdout);
  return pause;
}

static int in_pause(engine_t *engine) {
  int pause = 0;
  for (ps_seg_t *segment = ps_seg_iter(engine->decoder); segment; segment = ps_seg_next(segment)) pause = !is_word(ps_seg_word(segment));
  return pause;
}

static int finish_utterance(engine_t *engine) {
  if (ps_end_utt(engine->decoder) < 0) return -1;
  write_words(engine, "final");
  engine->utterance_start = -1;
  engine->last[0] = 0;
  return 0;
}

static int is_too_long(engine_t *engine) {
  long length = now_ms(engine) - engine->utterance_start;
  return length > LONGEST_UTTERANCE_MS || (length > LONG_UTTERANCE_MS && in_pause(engine));
}

static void tell_progress(engine_t *engine) {
  if (now_ms(engine) - engine->told < PROGRESS_MS) return;
  engine->told = now_ms(engine);
  printf("{\"t\":\"at\",\"at\":%ld}\n", engine->told);
  fflush(stdout);
}

static int decode(engine_t *engine, const int16 *samples, size_t count) {
  if (ps_process_raw(engine->decoder, samples, count, FALSE, FALSE) < 0) return -1;
  engine->samples += (long)count;
  int speaking = ps_get_in_speech(engine->decoder);
  if (speaking && engine->utterance_start < 0) engine->utterance_start = now_ms(engine);
  if (engine->utterance_start < 0) return 0;
  if (!speaking || is_too_long(engine)) {
    if (finish_utterance(engine) < 0) return -1;
    return ps_start_utt(engine->decoder);
  }
  const char *text = ps_get_hyp(engine->decoder, NULL);
  if (text && strncmp(text, engine->last, MAX_TEXT - 1) != 0) {
    snprintf(engine->last, MAX_TEXT, "%s", text);
    write_words(engine, "partial");
  }
  return 0;
}

/* Fills `buffer` with what there is, at least one whole sample. Returns samples, 0 at the end. */
static size_t read_samples(int16 *buffer, size_t capacity) {
  size_t bytes = 0;
  while (bytes < 2 || bytes % 2) {
    ssize_t count = read(STDIN_FILENO, (char *)buffer + bytes, capacity * 2 - bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    bytes += (size_t)count;
  }
  return bytes / 2;
}

static ps_decoder_t *load(const char *model, const char *dictionary, const char *language_model) {
  cmd_ln_t *config = cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", model, "-dict", dictionary, "-lm", language_model, NULL);
  return config ? ps_init(config) : NULL;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: trial-engine ACOUSTIC_MODEL DICTIONARY LANGUAGE_MODEL\n");
    return 2;
  }
  /* Whoever started it may be killed: never outlive them. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  err_set_logfp(NULL);
  static engine_t engine = {.utterance_start = -1};
  engine.decoder = load(argv[1], argv[2], argv[3]);
  if (!engine.decoder || ps_start_utt(engine.decoder) < 0) {
    fprintf(stderr, "the models cannot be loaded: %s, %s, %s\n", argv[1], argv[2], argv[3]);
    return 3;
  }
  engine.frame_ms = 1000 / (int)cmd_ln_int32_r(ps_get_config(engine.decoder), "-frate");
  printf("{\"t\":\"ready\"}\n");
  fflush(stdout);
  int16 block[BLOCK_SAMPLES];
  size_t count;
  while ((count = read_samples(block, BLOCK_SAMPLES)) > 0) {
    if (decode(&engine, block, count) < 0) {
      fprintf(stderr, "decoding failed at %ld ms\n", now_ms(&engine));
      return 4;
    }
    tell_progress(&engine);
  }
  if (finish_utterance(&engine) < 0) return 4;
  printf("{\"t\":\"end\",\"at\":%ld}\n", now_ms(&engine));
  fflush(stdout);
  return 0;
}
