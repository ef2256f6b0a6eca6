#include "rtc/ice.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;

struct Options {
  std::string password;
  bool nominate = true, controlled = false;
  bool again = false;  // the transaction of the check before
};

class IceTest : public testing::Test {
 protected:
  IceAgent::Answer check(const base::Address& from, const IceCredentials& to, Options options = {}) {
    std::array<std::uint8_t, 512> buffer;
    if (!options.again) ++transaction[0];
    wire::StunBuilder request(buffer, wire::StunClass::request, transaction);
    request.username(to.username_fragment + ":them").priority(1);
    options.controlled ? request.ice_controlled(9) : request.ice_controlling(9);
    if (options.nominate) request.use_candidate();
    const auto& password = options.password.empty() ? to.password : options.password;
    const auto bytes = request.finish(base::as_bytes(password), crypto::hmac_sha1);
    return agent.handle(from, *wire::StunMessage::parse(bytes), now, out);
  }
  std::optional<wire::StunMessage> answer() {
    rtc::Run datagram;
    return out.poll(datagram) ? wire::StunMessage::parse(datagram.bytes) : std::nullopt;
  }
  base::SeededRng rng{1};
  wire::StunTransactionId transaction{};
  IceAgent agent{rng};
  Outbox out;
  base::Instant now{1000s};
  const base::Address a = base::Address::v4(10, 0, 0, 1, 1), b = base::Address::v4(10, 0, 0, 2, 2);
};

TEST_F(IceTest, AnswersACheckAndLearnsItsAddress) {
  EXPECT_EQ(check(a, agent.credentials()).learned, a);
  const auto reply = *answer();
  EXPECT_EQ(reply.message_class, wire::StunClass::success);
  EXPECT_EQ(reply.xor_mapped_address, a);
  EXPECT_TRUE(reply.verify_integrity(base::as_bytes(agent.credentials().password), crypto::hmac_sha1));
  EXPECT_EQ(agent.selected(), a);
  EXPECT_FALSE(check(a, agent.credentials()).learned);
}

TEST_F(IceTest, MediaGoesWhereTheBrowserNominates) {
  check(a, agent.credentials(), {{}, false, false, false});
  EXPECT_EQ(agent.selected(), a);
  check(b, agent.credentials(), {{}, false, false, false});
  EXPECT_EQ(agent.selected(), a);
  check(b, agent.credentials());
  EXPECT_EQ(agent.selected(), b);
}

TEST_F(IceTest, AnOverheardCheckMovesNothing) {
  check(a, agent.credentials());
  EXPECT_TRUE(answer());
  EXPECT_EQ(check(b, agent.credentials(), {{}, true, false, true}).drop, DropReason::forged);
  EXPECT_FALSE(answer());
  EXPECT_EQ(agent.selected(), a);
  EXPECT_EQ(check(a, agent.credentials(), {{}, true, false, true}).drop, DropReason::none);
  EXPECT_TRUE(answer());
}

TEST_F(IceTest, WrongPasswordsTeachNothing) {
  EXPECT_EQ(check(a, agent.credentials(), {"wrong", true, false, false}).drop, DropReason::forged);
  EXPECT_FALSE(answer());
  EXPECT_FALSE(agent.selected());
  EXPECT_EQ(check(a, {"nobody", "x"}).drop, DropReason::unknown);
}

TEST_F(IceTest, AControlledPeerIsToldOfTheConflict) {
  check(a, agent.credentials(), {{}, true, true});
  EXPECT_EQ(answer()->error->code, 487);
  EXPECT_FALSE(agent.selected());
}

TEST_F(IceTest, RestartKeepsTheOldCredentialsUntilTheNewAreUsed) {
  const auto old = agent.credentials();
  check(a, old);
  agent.restart(rng);
  EXPECT_NE(agent.credentials().username_fragment, old.username_fragment);
  EXPECT_EQ(check(a, old).drop, DropReason::none);
  EXPECT_FALSE(agent.take_retired());
  check(b, agent.credentials());
  EXPECT_EQ(agent.selected(), b);
  EXPECT_EQ(agent.take_retired(), old.username_fragment);
  EXPECT_EQ(check(a, old).drop, DropReason::unknown);
}

TEST_F(IceTest, APathThatIsGoneIsNotUsedAndTheNextCheckSelectsAnew) {
  auto tcp = a;
  tcp.protocol = base::Protocol::tcp;
  check(a, agent.credentials());
  EXPECT_EQ(check(tcp, agent.credentials()).learned, tcp) << "the same address over TCP is another path";
  EXPECT_EQ(agent.selected(), tcp);
  agent.forget(tcp);
  EXPECT_FALSE(agent.selected());
  EXPECT_EQ(agent.addresses(), std::vector{a});
  check(a, agent.credentials(), {{}, false, false, false});
  EXPECT_EQ(agent.selected(), a);
  agent.forget(tcp);
  EXPECT_EQ(agent.selected(), a);
}

TEST_F(IceTest, ConsentLastsThirtySeconds) {
  EXPECT_FALSE(agent.has_consent(now));
  check(a, agent.credentials());
  EXPECT_TRUE(agent.has_consent(now + 29s));
  EXPECT_FALSE(agent.has_consent(now + 30s));
}

TEST_F(IceTest, AddressesAreBoundedAndTheSelectedOneStays) {
  check(a, agent.credentials());
  for (std::uint16_t i = 0; i < 20; ++i)
    check(base::Address::v4(10, 1, 0, 1, i), agent.credentials(), {{}, false, false, false});
  EXPECT_EQ(agent.addresses().size(), max_ice_addresses);
  EXPECT_EQ(agent.addresses().front(), a);
}

}  // namespace
}  // namespace greenroom::rtc
