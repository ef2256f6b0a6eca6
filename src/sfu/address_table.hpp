// Transports by the address that their datagrams come from: asked for every datagram, whoever sent it, so it is one
// block of memory in which an address is found where its hash says or right behind (open addressing, linear probing; an
// entry that is removed is filled from those behind it). Owned by Routes. Invariant: at most half full, and from an
// entry's place by hash to where it is there is no gap.
#pragma once
#include <cstdint>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/prefetch.hpp"

namespace greenroom::sfu {

struct PeerTransport;

class AddressTable {
 public:
  PeerTransport* find(const base::Address& address) const { return slots_[place_of(address)].transport; }
  void fetch_ahead(const base::Address& address) const { base::prefetch(&slots_[home_of(address)]); }  // of find()
  void put(const base::Address& address, PeerTransport* transport) {
    auto& slot = slots_[place_of(address)];
    if (!slot.transport) ++size_;
    slot = {address, transport};
    if (size_ * 2 > slots_.size()) grow();
  }
  void erase(const base::Address& address) {
    auto hole = place_of(address);
    if (!slots_[hole].transport) return;
    for (auto at = next(hole); slots_[at].transport; at = next(at)) {
      // It may move up to the hole unless its home lies between the two.
      if (steps(home_of(slots_[at].address), at) < steps(hole, at)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    --size_;
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    base::Address address;
    PeerTransport* transport = nullptr;  // null: free
  };
  static constexpr std::size_t first_size = 64;

  // In words, each multiplied by an odd number and folded: byte by byte is too slow for once a datagram.
  static std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    return hash ^ (hash >> 32);
  }
  std::size_t home_of(const base::Address& address) const {
    const auto port = address.port | std::uint64_t(address.protocol) << 16;
    const auto hash = mix(mix(mix(0, base::load_u64(address.ip.data())), base::load_u64(address.ip.data() + 8)), port);
    return std::size_t(hash) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  std::size_t steps(std::size_t from, std::size_t to) const { return (to - from) & (slots_.size() - 1); }
  // Where it is, or would be.
  std::size_t place_of(const base::Address& address) const {
    auto at = home_of(address);
    while (slots_[at].transport && slots_[at].address != address) at = next(at);
    return at;
  }
  void grow() {
    std::vector<Slot> before(slots_.size() * 2);
    std::swap(before, slots_);
    for (const auto& slot : before) {
      if (slot.transport) slots_[place_of(slot.address)] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(first_size);  // a power of two of them
  std::size_t size_ = 0;
};

}  // namespace greenroom::sfu
