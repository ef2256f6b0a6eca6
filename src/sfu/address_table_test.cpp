#include "sfu/address_table.hpp"

#include <gtest/gtest.h>

#include <unordered_map>

#include "base/rng.hpp"

namespace greenroom::sfu {
namespace {

PeerTransport* transport(std::uint64_t number) { return reinterpret_cast<PeerTransport*>(number * 64); }

TEST(AddressTable, TellsWhatAMapTellsWhateverIsEnteredAndRemoved) {
  base::SeededRng rng(7);
  AddressTable table;
  std::unordered_map<base::Address, PeerTransport*> expected;
  for (int i = 0; i < 20'000; ++i) {
    const auto address = base::Address::v4(10, 0, std::uint8_t(rng.below(2)), std::uint8_t(rng.below(40)),
                                           std::uint16_t(1000 + rng.below(8)));
    if (rng.below(3) == 0) {
      table.erase(address);
      expected.erase(address);
    } else {
      auto* value = transport(1 + rng.below(1000));
      table.put(address, value);
      expected[address] = value;
    }
    ASSERT_EQ(table.size(), expected.size());
    if (i % 100 != 0) continue;
    for (const auto& [each, value] : expected) ASSERT_EQ(table.find(each), value);
  }
  for (const auto& [each, value] : std::unordered_map(expected)) table.erase(each);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.find(base::Address::v4(10, 0, 0, 1, 1000)), nullptr);
}

TEST(AddressTable, TellsProtocolsApart) {
  AddressTable table;
  auto address = base::Address::v4(10, 0, 0, 1, 1000);
  table.put(address, transport(1));
  address.protocol = base::Protocol::tcp;
  EXPECT_EQ(table.find(address), nullptr);
}

}  // namespace
}  // namespace greenroom::sfu
