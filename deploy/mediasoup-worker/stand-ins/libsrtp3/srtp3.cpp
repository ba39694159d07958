// libsrtp 3 as the worker calls it, carried out by the libsrtp 2 of the distribution.
#include <srtp.h>
struct srtp3_policy { srtp2::srtp_policy_t p; srtp_profile_t profile; uint8_t key[64]; };
srtp_err_status_t srtp_policy_create(srtp_policy_t* o) { *o = new srtp3_policy{}; return srtp_err_status_ok; }
void srtp_policy_destroy(srtp_policy_t p) { if (p) { memset(p, 0, sizeof *p); delete p; } }
srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t p, srtp_ssrc_t s) { p->p.ssrc = s; return srtp_err_status_ok; }
srtp_err_status_t srtp_policy_set_profile(srtp_policy_t p, srtp_profile_t pr) { p->profile = pr;
  auto e = srtp2::srtp_crypto_policy_set_from_profile_for_rtp(&p->p.rtp, pr); if (e) return e;
  return srtp2::srtp_crypto_policy_set_from_profile_for_rtcp(&p->p.rtcp, pr); }
srtp_err_status_t srtp_policy_add_key(srtp_policy_t p, const uint8_t* k, size_t kl, const uint8_t* s, size_t sl, const uint8_t*, size_t) {
  if (kl + sl > sizeof p->key) return srtp_err_status_bad_param; memcpy(p->key, k, kl); memcpy(p->key + kl, s, sl); p->p.key = p->key; return srtp_err_status_ok; }
srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t p, bool v) { p->p.allow_repeat_tx = v; return srtp_err_status_ok; }
srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t p, size_t v) { p->p.window_size = v; return srtp_err_status_ok; }
srtp_err_status_t srtp_create(srtp_t* s, srtp_policy_t p) { return srtp2::srtp_create(s, &p->p); }
srtp_err_status_t srtp_stream_remove(srtp_t s, uint32_t ssrc) { return srtp2::srtp_remove_stream(s, ssrc); }
static inline void mv(uint8_t* d, const uint8_t* s, size_t n) { if (d != s) memcpy(d, s, n); }
srtp_err_status_t srtp_protect(srtp_t c, const uint8_t* i, size_t il, uint8_t* o, size_t* ol, size_t) { mv(o, i, il); int n = (int)il; auto e = srtp2::srtp_protect(c, o, &n); *ol = n; return e; }
srtp_err_status_t srtp_unprotect(srtp_t c, const uint8_t* i, size_t il, uint8_t* o, size_t* ol) { mv(o, i, il); int n = (int)il; auto e = srtp2::srtp_unprotect(c, o, &n); *ol = n; return e; }
srtp_err_status_t srtp_protect_rtcp(srtp_t c, const uint8_t* i, size_t il, uint8_t* o, size_t* ol, size_t) { mv(o, i, il); int n = (int)il; auto e = srtp2::srtp_protect_rtcp(c, o, &n); *ol = n; return e; }
srtp_err_status_t srtp_unprotect_rtcp(srtp_t c, const uint8_t* i, size_t il, uint8_t* o, size_t* ol) { mv(o, i, il); int n = (int)il; auto e = srtp2::srtp_unprotect_rtcp(c, o, &n); *ol = n; return e; }
