// Time-based one-time passwords (RFC 6238 over RFC 4226): HMAC-SHA-1, steps of 30 seconds, six digits, which is what
// every authenticator app understands. Secrets travel as base32 (RFC 4648 §6, unpadded). Pure functions.
// A code must work only once (RFC 6238 §5.2): the caller keeps the step that match_totp returns and gives it back.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

namespace greenroom::crypto {

inline constexpr std::size_t totp_secret_size = 20;  // bytes: as long as SHA-1's output (RFC 4226 §4, R6)
inline constexpr std::size_t totp_digits = 6;
inline constexpr std::chrono::seconds totp_step{30};
inline constexpr std::uint64_t totp_drift_steps = 1;  // clocks may differ by one step either way

std::string to_base32(base::ByteView bytes);
// Either case; spaces are skipped, since people copy secrets in groups.
base::Result<base::Bytes> from_base32(std::string_view text);

base::Bytes make_totp_secret(base::Rng& rng);
// "otpauth://totp/Greenroom:ada%40example.org?secret=...&issuer=Greenroom", for a QR code.
std::string totp_uri(std::string_view issuer, std::string_view account, base::ByteView secret);

std::uint64_t totp_step_at(base::WallTime now);
std::string totp_code(base::ByteView secret, std::uint64_t step);
// The step whose code this is, within the drift around `now` and after `used` (the last step that was accepted).
std::optional<std::uint64_t> match_totp(base::ByteView secret, std::string_view code, base::WallTime now,
                                        std::optional<std::uint64_t> used = std::nullopt);

}  // namespace greenroom::crypto
