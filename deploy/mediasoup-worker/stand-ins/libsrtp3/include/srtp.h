// libsrtp 3 as the worker calls it, carried out by the libsrtp 2 of the distribution.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <netinet/in.h>
namespace srtp2 {
#include <srtp2/srtp.h>
}
#define SRTP3_USE(x) using srtp2::x;
SRTP3_USE(srtp_t) SRTP3_USE(srtp_ssrc_t) SRTP3_USE(srtp_profile_t) SRTP3_USE(srtp_event_data_t)
SRTP3_USE(srtp_event_handler_func_t) SRTP3_USE(ssrc_any_inbound) SRTP3_USE(ssrc_any_outbound)
SRTP3_USE(event_ssrc_collision) SRTP3_USE(event_key_soft_limit) SRTP3_USE(event_key_hard_limit) SRTP3_USE(event_packet_index_limit)
SRTP3_USE(srtp_init) SRTP3_USE(srtp_shutdown) SRTP3_USE(srtp_dealloc) SRTP3_USE(srtp_install_event_handler)
SRTP3_USE(srtp_profile_aead_aes_256_gcm) SRTP3_USE(srtp_profile_aead_aes_128_gcm) SRTP3_USE(srtp_profile_aes128_cm_sha1_80) SRTP3_USE(srtp_profile_aes128_cm_sha1_32)
SRTP3_USE(srtp_err_status_t) SRTP3_USE(srtp_get_version_string)
SRTP3_USE(srtp_err_status_ok) SRTP3_USE(srtp_err_status_fail) SRTP3_USE(srtp_err_status_bad_param) SRTP3_USE(srtp_err_status_alloc_fail)
SRTP3_USE(srtp_err_status_dealloc_fail) SRTP3_USE(srtp_err_status_init_fail) SRTP3_USE(srtp_err_status_terminus) SRTP3_USE(srtp_err_status_auth_fail)
SRTP3_USE(srtp_err_status_cipher_fail) SRTP3_USE(srtp_err_status_replay_fail) SRTP3_USE(srtp_err_status_replay_old) SRTP3_USE(srtp_err_status_algo_fail)
SRTP3_USE(srtp_err_status_no_such_op) SRTP3_USE(srtp_err_status_no_ctx) SRTP3_USE(srtp_err_status_cant_check) SRTP3_USE(srtp_err_status_key_expired)
SRTP3_USE(srtp_err_status_socket_err) SRTP3_USE(srtp_err_status_signal_err) SRTP3_USE(srtp_err_status_nonce_bad) SRTP3_USE(srtp_err_status_read_fail)
SRTP3_USE(srtp_err_status_write_fail) SRTP3_USE(srtp_err_status_parse_err) SRTP3_USE(srtp_err_status_encode_err) SRTP3_USE(srtp_err_status_semaphore_err)
SRTP3_USE(srtp_err_status_pfkey_err) SRTP3_USE(srtp_err_status_bad_mki) SRTP3_USE(srtp_err_status_pkt_idx_old) SRTP3_USE(srtp_err_status_pkt_idx_adv)
inline constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr srtp_err_status_t srtp_err_status_cryptex_err = static_cast<srtp_err_status_t>(29);
struct srtp3_policy; typedef srtp3_policy* srtp_policy_t;
srtp_err_status_t srtp_policy_create(srtp_policy_t*); void srtp_policy_destroy(srtp_policy_t);
srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t, srtp_ssrc_t); srtp_err_status_t srtp_policy_set_profile(srtp_policy_t, srtp_profile_t);
SRTP3_USE(srtp_profile_get_master_key_length) SRTP3_USE(srtp_profile_get_master_salt_length)
srtp_err_status_t srtp_policy_add_key(srtp_policy_t, const uint8_t*, size_t, const uint8_t*, size_t, const uint8_t*, size_t);
srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t, bool); srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t, size_t);
srtp_err_status_t srtp_create(srtp_t*, srtp_policy_t);
srtp_err_status_t srtp_stream_remove(srtp_t, uint32_t);
srtp_err_status_t srtp_protect(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*, size_t);
srtp_err_status_t srtp_unprotect(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*);
srtp_err_status_t srtp_protect_rtcp(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*, size_t);
srtp_err_status_t srtp_unprotect_rtcp(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*);
