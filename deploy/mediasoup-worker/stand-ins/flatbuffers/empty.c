/* meson wants a library to link; the real one is the distribution package. */
int qinqiao_flatbuffers_stand_in(void);
int qinqiao_flatbuffers_stand_in(void) { return 0; }
