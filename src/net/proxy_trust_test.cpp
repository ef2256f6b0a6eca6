#include "net/proxy_trust.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

bool within(std::string_view range, std::string_view address) {
  return parse_address_range(range).value().contains(base::parse_ip(address, 0).value());
}

TEST(AddressRange, contains) {
  EXPECT_TRUE(within("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(within("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(within("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(within("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(within("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(within("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(within("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(within("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(within("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(within("2001:db8::/33", "2001:db8:8000::1"));
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "here", "::1/129"})
    EXPECT_FALSE(parse_address_range(text)) << text;
}

struct SeenBehind {
  std::string remote;
  bool secure;
  bool claims_left;
};

SeenBehind look(std::string_view peer, std::initializer_list<const char*> forwarded,
                std::vector<AddressRange> trusted) {
  Request request;
  request.remote = peer;
  for (const char* value : forwarded) request.headers.add("x-forwarded-for", value);
  request.headers.add("X-Forwarded-Proto", "https");
  look_behind_proxies(request, trusted);
  return {request.remote, request.secure, request.headers.find("X-Forwarded-Proto").has_value()};
}

TEST(Proxies, are_believed_only_when_trusted) {
  const std::vector<AddressRange> trusted = {parse_address_range("10.0.0.0/8").value()};
  EXPECT_EQ(look("10.0.0.1", {"203.0.113.5"}, trusted).remote, "203.0.113.5");
  EXPECT_TRUE(look("10.0.0.1", {"203.0.113.5"}, trusted).secure);
  const auto stranger = look("192.0.2.1", {"203.0.113.5"}, trusted);
  EXPECT_EQ(stranger.remote, "192.0.2.1");
  EXPECT_FALSE(stranger.secure);
  EXPECT_FALSE(stranger.claims_left);
  EXPECT_EQ(look("127.0.0.1", {"203.0.113.5"}, {}).remote, "127.0.0.1");
}

TEST(Proxies, a_client_cannot_invent_who_stands_before_it) {
  const std::vector<AddressRange> trusted = {parse_address_range("10.0.0.0/8").value()};
  EXPECT_EQ(look("10.0.0.1", {"1.1.1.1, 203.0.113.5, 10.0.0.2"}, trusted).remote, "203.0.113.5");
  EXPECT_EQ(look("10.0.0.1", {"1.1.1.1", "203.0.113.5"}, trusted).remote, "203.0.113.5");
  EXPECT_EQ(look("10.0.0.1", {"1.1.1.1, unknown"}, trusted).remote, "10.0.0.1");
  EXPECT_EQ(look("10.0.0.1", {"10.0.0.3, 10.0.0.2"}, trusted).remote, "10.0.0.3");
  EXPECT_EQ(look("10.0.0.1", {}, trusted).remote, "10.0.0.1");
}

}  // namespace
}  // namespace greenroom::net
