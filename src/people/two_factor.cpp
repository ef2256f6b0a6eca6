// The second factor: codes from an app (RFC 6238), each good once, and recovery codes for the day the phone is gone.
#include "crypto/encoding.hpp"
#include "crypto/sealed.hpp"
#include "crypto/totp.hpp"
#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

constexpr std::string_view issuer = "Greenroom";
constexpr std::size_t recovery_bytes = 10;  // 80 bits: too many to find from a hash

// "ABCD-EFGH-IJKL-MNOP".
std::string make_recovery_code(base::Rng& rng) {
  base::Bytes bytes(recovery_bytes);
  rng.fill(bytes);
  std::string code = crypto::to_base32(bytes);
  for (std::size_t at = 4; at < code.size(); at += 5) code.insert(at, 1, '-');
  return code;
}

// As it is stored: whatever people put between the letters, and of whatever case they are.
std::string recovery_hash(std::string_view code) {
  std::string kept;
  for (char c : code.substr(0, 40)) {
    if (c != '-' && c != ' ') kept += char(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return hashed(kept);
}

tl::unexpected<base::Error> wrong_code() {
  return base::fail(error_code, "this code is wrong, or was used before: wait for the next one");
}

// What was stored before secrets were sealed is base32, which has no colon.
constexpr std::string_view sealed_prefix = "sealed:";
constexpr int sealed_at_once = 100;

}  // namespace

std::string People::Core::sealed_factor(UserId user, std::string_view secret) const {
  const auto sealed = crypto::seal(factor_key, base::as_bytes(secret), user.uuid(), d.rng);
  return std::string(sealed_prefix) + crypto::to_base64url(sealed);
}

base::Result<std::string> People::Core::opened_factor(UserId user, const std::string& stored) const {
  if (!stored.starts_with(sealed_prefix)) return stored;
  GREENROOM_TRY(const auto sealed, crypto::from_base64url(std::string_view(stored).substr(sealed_prefix.size())));
  GREENROOM_TRY(const auto secret, crypto::unseal(factor_key, sealed, user.uuid()));
  return std::string(base::as_text(secret));
}

base::Status People::Core::seal_old_factors(db::Transaction& tx) const {
  GREENROOM_TRY(const auto open, two_factor::not_like(tx, std::string(sealed_prefix) + '%', sealed_at_once));
  for (const auto& [user, secret] : open) {
    GREENROOM_CHECK_OK(two_factor::set_secret(tx, user, sealed_factor(user, secret)));
  }
  return {};
}

base::Result<std::optional<std::uint64_t>> People::Core::step_of(UserId user, const TwoFactorRow& row,
                                                                 std::string_view code) const {
  GREENROOM_TRY(const auto text, opened_factor(user, row.secret));
  GREENROOM_TRY(const auto secret, crypto::from_base32(text));
  return crypto::match_totp(secret, code, now(), row.last_step);
}

base::Status People::Core::second_factor(db::Transaction& tx, UserId user, const std::optional<std::string>& code) {
  GREENROOM_TRY(const auto row, two_factor::find(tx, user));
  if (!row || !row->confirmed_at) return {};
  if (!code) return base::fail(error_code_needed, "enter the code from your authenticator app");
  const std::string who = user.str();
  if (const auto wait = code_failures.wait(who, now())) return too_many(*wait);
  GREENROOM_TRY(const auto step, step_of(user, *row, *code));
  if (step) return two_factor::set_step(tx, user, *step);
  GREENROOM_TRY(const bool recovered, two_factor::use_recovery(tx, user, recovery_hash(*code)));
  if (recovered) return {};
  code_failures.failed(who, now());
  return wrong_code();
}

base::Result<TwoFactorSecret> People::begin_two_factor(const UserActor& actor) {
  const auto secret = crypto::make_totp_secret(core_->d.rng);
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<TwoFactorSecret> {
    GREENROOM_TRY(const auto user, users::find(tx, actor.user));
    if (!user) return sign_in_first();
    if (user->two_factor) return base::fail(error_two_factor, "a second factor is on already");
    const TwoFactorSecret out{crypto::to_base32(secret), crypto::totp_uri(issuer, user->email, secret)};
    GREENROOM_CHECK_OK(two_factor::replace(tx, actor.user, core_->sealed_factor(actor.user, out.secret), core_->now()));
    return out;
  });
}

base::Result<RecoveryCodes> People::confirm_two_factor(const UserActor& actor, std::string_view code) {
  RecoveryCodes out;
  for (std::size_t i = 0; i < core_->d.limits.recovery_codes; ++i) {
    out.recovery_codes.push_back(make_recovery_code(core_->d.rng));
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<RecoveryCodes> {
    GREENROOM_TRY(const auto row, two_factor::find(tx, actor.user));
    if (!row || row->confirmed_at) return base::fail(error_two_factor, "no second factor waits to be confirmed");
    GREENROOM_TRY(const auto step, core_->step_of(actor.user, *row, code));
    if (!step) return wrong_code();
    GREENROOM_CHECK_OK(two_factor::confirm(tx, actor.user, core_->now()));
    GREENROOM_CHECK_OK(two_factor::set_step(tx, actor.user, *step));
    for (const auto& recovery : out.recovery_codes) {
      GREENROOM_CHECK_OK(two_factor::insert_recovery(tx, actor.user, recovery_hash(recovery)));
    }
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "two_factor.on", actor.user.str()));
    return out;
  });
}

base::Status People::remove_two_factor(const UserActor& actor, std::string_view code) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, two_factor::find(tx, actor.user));
    if (!row || !row->confirmed_at) return base::fail(error_two_factor, "no second factor is on");
    GREENROOM_CHECK_OK(core_->second_factor(tx, actor.user, std::string(code)));
    GREENROOM_CHECK_OK(two_factor::remove(tx, actor.user));
    return core_->audit(tx, actor, "two_factor.off", actor.user.str());
  });
}

}  // namespace greenroom::people
