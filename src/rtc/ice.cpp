#include "rtc/ice.hpp"

#include <algorithm>
#include <utility>

#include "crypto/hash.hpp"

namespace greenroom::rtc {
namespace {
// RFC 8839 §5.4: ice-char is a letter, a digit, '+' or '/': six bits each.
std::string random_text(std::size_t size, base::Rng& rng) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += alphabet[rng.below(64)];
  return text;
}

void send(Outbox& out, const base::Address& to, base::ByteView message) {
  if (!message.empty()) out.commit(to, message.size());
}
}  // namespace

IceCredentials make_ice_credentials(base::Rng& rng) { return {random_text(16, rng), random_text(32, rng)}; }

std::string_view local_fragment(std::string_view username) { return username.substr(0, username.find(':')); }

void IceAgent::restart(base::Rng& rng) {
  if (!previous_) previous_ = current_;
  current_ = make_ice_credentials(rng);
}

bool IceAgent::knows_fragment(std::string_view fragment) const {
  return fragment == current_.username_fragment || (previous_ && fragment == previous_->username_fragment);
}

std::vector<std::string> IceAgent::fragments() const {
  std::vector<std::string> list{current_.username_fragment};
  if (previous_) list.push_back(previous_->username_fragment);
  return list;
}

std::optional<std::string> IceAgent::take_retired() { return std::exchange(retired_, std::nullopt); }

const IceCredentials* IceAgent::credentials_for(std::string_view username) const {
  const auto fragment = local_fragment(username);
  if (fragment == current_.username_fragment) return &current_;
  return previous_ && fragment == previous_->username_fragment ? &*previous_ : nullptr;
}

// Guards straight down, one per rule of RFC 8489 §9.1.3 and RFC 8445 §7.3.
IceAgent::Answer IceAgent::handle(const base::Address& from, const wire::StunMessage& message, base::Instant now,
                                  Outbox& out) {
  if (message.message_class != wire::StunClass::request || message.method != wire::stun_binding) {
    return {DropReason::unexpected, {}, {}};
  }
  const auto* credentials = credentials_for(message.username);
  if (!credentials) return {DropReason::unknown, {}, {}};
  if (!message.verify_integrity(base::as_bytes(credentials->password), crypto::hmac_sha1)) {
    return {DropReason::forged, {}, {}};
  }
  if (is_replay(from, message.transaction)) return {DropReason::forged, {}, {}};
  if (message.unknown_required) {
    refuse(from, message, {420, "Unknown Attribute"}, *credentials, out);
    return {};
  }
  if (message.ice_controlled) {  // we are lite, so the other side must control (RFC 8445 §6.1.1)
    refuse(from, message, {487, "Role Conflict"}, *credentials, out);
    return {};
  }
  const auto buffer = out.begin();
  if (buffer.empty()) return {};
  wire::StunBuilder answer(buffer, wire::StunClass::success, message.transaction);
  answer.xor_mapped_address(from);
  send(out, from, answer.finish(base::as_bytes(credentials->password), crypto::hmac_sha1));

  Answer result;
  if (credentials == &current_ && previous_) {
    retired_ = previous_->username_fragment;
    previous_.reset();
    selected_.reset();  // the restart chooses its path anew
  }
  accept(from, message, now, result);
  return result;
}

// Transactions are 96 random bits (RFC 8489 §5), of which 64 will do. One that was repeated by its sender is no replay.
bool IceAgent::is_replay(const base::Address& from, const wire::StunTransactionId& transaction) {
  const Check check{base::load_u64(transaction.data()), std::hash<base::Address>{}(from)};
  const auto remembered = std::span(checks_).first(std::min(next_check_, remembered_checks));
  const auto known = std::ranges::find(remembered, check.transaction, &Check::transaction);
  if (known != remembered.end()) return known->from != check.from;
  checks_[next_check_++ % remembered_checks] = check;
  return false;
}

void IceAgent::accept(const base::Address& from, const wire::StunMessage& message, base::Instant now, Answer& answer) {
  last_check_ = now;
  if (std::ranges::find(addresses_, from) == addresses_.end()) {
    if (addresses_.size() == max_ice_addresses) {
      const auto oldest = std::ranges::find_if(addresses_, [&](const auto& a) { return a != selected_; });
      answer.forgotten = *oldest;
      addresses_.erase(oldest);
    }
    addresses_.push_back(from);
    answer.learned = from;
  }
  if (message.use_candidate || !selected_) selected_ = from;
}

void IceAgent::forget(const base::Address& address) {
  std::erase(addresses_, address);
  if (selected_ == address) selected_.reset();
}

void IceAgent::refuse(const base::Address& to, const wire::StunMessage& message, wire::StunError error,
                      const IceCredentials& credentials, Outbox& out) {
  const auto buffer = out.begin();
  if (buffer.empty()) return;
  wire::StunBuilder answer(buffer, wire::StunClass::error, message.transaction);
  answer.error(error);
  if (message.unknown_required) answer.unknown_attribute(*message.unknown_required);
  send(out, to, answer.finish(base::as_bytes(credentials.password), crypto::hmac_sha1));
}

}  // namespace greenroom::rtc
