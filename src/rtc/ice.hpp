// An ICE-lite agent (RFC 8445 §2.5, RFC 8839): has one host candidate, sends no checks, answers those of the browser,
// and sends media where the browser nominated. Owned by a Transport, one thread. A browser's check is its consent that
// we send to it (RFC 7675): without one for ice_consent_timeout the transport has no path any more. Invariant: an
// address is only ever learned from a check whose integrity was right.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "rtc/drop.hpp"
#include "rtc/outbox.hpp"
#include "wire/stun.hpp"

namespace greenroom::rtc {

inline constexpr base::Duration ice_consent_timeout = std::chrono::seconds(30);  // RFC 7675 §5.1
// A check that was overheard is authentic, and sent again from elsewhere it would move the media there: its transaction
// is known to belong to another address. A browser checks every 2.5 s, so these are more than two minutes.
inline constexpr std::size_t remembered_checks = 64;
inline constexpr std::size_t max_ice_addresses = 8;  // a browser tries each of its interfaces; the oldest is forgotten

struct IceCredentials {
  std::string username_fragment;  // RFC 8445 §5.3: at least 24 bits of it random; ours has 95
  std::string password;           // at least 128 bits; ours has 190
};
IceCredentials make_ice_credentials(base::Rng& rng);

// The part of a check's USERNAME that says whom it is for (RFC 8445 §7.2.2: "theirs:ours", the receiver's first).
std::string_view local_fragment(std::string_view username);

class IceAgent {
 public:
  explicit IceAgent(base::Rng& rng) : current_(make_ice_credentials(rng)) {}

  const IceCredentials& credentials() const { return current_; }
  // RFC 8445 §9: new credentials; the old ones stay good until a check uses the new, so that media goes on meanwhile.
  void restart(base::Rng& rng);
  bool knows_fragment(std::string_view fragment) const;
  std::vector<std::string> fragments() const;
  // The fragment that a completed restart has made void, once.
  std::optional<std::string> take_retired();

  struct Answer {
    DropReason drop = DropReason::none;
    std::optional<base::Address> learned;    // the sender's, when it is new here
    std::optional<base::Address> forgotten;  // to make room for it
  };
  Answer handle(const base::Address& from, const wire::StunMessage& message, base::Instant now, Outbox& out);

  // The path through that address is gone: its TCP connection was closed (RFC 6544 §6.2). The next check selects anew.
  void forget(const base::Address& address);

  // Where media goes: the nominated address, or the first that a check came from.
  const std::optional<base::Address>& selected() const { return selected_; }
  const std::vector<base::Address>& addresses() const { return addresses_; }
  bool has_consent(base::Instant now) const { return last_check_ && now - *last_check_ < ice_consent_timeout; }
  std::optional<base::Instant> last_check() const { return last_check_; }

 private:
  struct Check {  // enough of each to tell them apart
    std::uint64_t transaction = 0;
    std::uint64_t from = 0;
  };
  bool is_replay(const base::Address& from, const wire::StunTransactionId& transaction);
  const IceCredentials* credentials_for(std::string_view username) const;
  void accept(const base::Address& from, const wire::StunMessage& message, base::Instant now, Answer& answer);
  void refuse(const base::Address& to, const wire::StunMessage& message, wire::StunError error,
              const IceCredentials& credentials, Outbox& out);

  std::optional<base::Address> selected_;  // first, for each packet needs it
  std::optional<base::Instant> last_check_;
  IceCredentials current_;
  std::optional<IceCredentials> previous_;
  std::optional<std::string> retired_;
  std::vector<base::Address> addresses_;           // oldest first
  std::array<Check, remembered_checks> checks_{};  // a ring
  std::size_t next_check_ = 0;
};

}  // namespace greenroom::rtc
