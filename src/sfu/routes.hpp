// Which transport a datagram belongs to: by the address it comes from (RFC 7983 leaves no other way for DTLS and SRTP),
// or, for a connectivity check, by the fragment in its USERNAME. One per shard. Invariant: an address is entered only
// after a check from it proved to be authentic; every entry's transport is alive.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "sfu/address_table.hpp"

namespace greenroom::sfu {

class Routes {
 public:
  PeerTransport* by_address(const base::Address& address) const { return addresses_.find(address); }
  void fetch_ahead(const base::Address& address) const { addresses_.fetch_ahead(address); }  // a hint: by_address()
  PeerTransport* by_fragment(std::string_view fragment) const {
    const auto found = fragments_.find(fragment);
    return found == fragments_.end() ? nullptr : found->second;
  }
  void add(std::string fragment, PeerTransport* transport) { fragments_[std::move(fragment)] = transport; }
  void add(const base::Address& address, PeerTransport* transport) { addresses_.put(address, transport); }
  void remove_fragment(std::string_view fragment) {
    if (const auto found = fragments_.find(fragment); found != fragments_.end()) fragments_.erase(found);
  }
  // Only where it is still this transport's: the address may have moved on.
  void remove(const base::Address& address, const PeerTransport* transport) {
    if (by_address(address) == transport) addresses_.erase(address);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  AddressTable addresses_;
  std::unordered_map<std::string, PeerTransport*, TextHash, std::equal_to<>> fragments_;
};

}  // namespace greenroom::sfu
