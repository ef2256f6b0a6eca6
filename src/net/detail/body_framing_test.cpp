#include "net/detail/body_framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::net {
namespace {

struct Outcome {
  std::string body;
  std::string rest;
  bool done = false;
  bool bad = false;
};

// Feeds `input` in pieces of `piece` bytes, as a socket would.
Outcome feed(BodyFraming framing, std::string_view input, std::size_t piece) {
  Outcome out;
  while (!input.empty() && !framing.done() && !framing.bad()) {
    const auto step = framing.next(input.substr(0, piece));
    out.body += step.data;
    input.remove_prefix(step.taken);
    if (step.taken == 0) break;
  }
  out.rest = input;
  out.done = framing.done();
  out.bad = framing.bad();
  return out;
}

TEST(BodyFraming, what_it_expects_may_be_taken_without_it) {
  auto counted = BodyFraming::counted(5);
  EXPECT_EQ(counted.expected(), 5u);
  counted.took(3);
  EXPECT_EQ(counted.next("loX").data, "lo");
  EXPECT_TRUE(counted.done());
  EXPECT_EQ(counted.expected(), 0u);
  auto chunked = BodyFraming::chunked();
  EXPECT_EQ(chunked.expected(), 0u);
  EXPECT_EQ(chunked.next("4\r\n").taken, 3u);
  EXPECT_EQ(chunked.expected(), 4u);
  chunked.took(4);
  EXPECT_EQ(chunked.expected(), 0u);
  EXPECT_EQ(chunked.next("\r\n0\r\n\r\n").taken, 7u);
  EXPECT_TRUE(chunked.done());
}

TEST(BodyFraming, counted_body_ends_where_it_says) {
  for (std::size_t piece : {1, 2, 3, 100}) {
    const auto out = feed(BodyFraming::counted(5), "helloGET /", piece);
    EXPECT_EQ(out.body, "hello");
    EXPECT_EQ(out.rest, "GET /");
    EXPECT_TRUE(out.done);
  }
  EXPECT_TRUE(BodyFraming::counted(0).done());
}

TEST(BodyFraming, chunks_however_they_are_cut) {
  const std::string_view input =
      "5\r\nhello\r\n0A;ext=\"v\"\r\n0123456789\r\n1 \r\n!\r\n000\r\nX: y\r\nZ: w\r\n\r\nnext";
  for (std::size_t piece = 1; piece <= input.size(); ++piece) {
    const auto out = feed(BodyFraming::chunked(), input, piece);
    ASSERT_TRUE(out.done) << piece;
    ASSERT_EQ(out.body, "hello0123456789!");
    ASSERT_EQ(out.rest, "next");
  }
}

TEST(BodyFraming, malformed_chunks_are_bad) {
  const std::string long_extension = "1;" + std::string(300, 'x') + "\r\na\r\n0\r\n\r\n";
  const std::string long_trailer = "0\r\nX: " + std::string(5000, 'x') + "\r\n\r\n";
  const std::string_view cases[] = {"\r\n",         "x\r\n",        "5\nhello",
                                    "5\r\nhelloX",  "5\r\nhello\n", "-1\r\n",
                                    "0x5\r\n",      "5\rhello",     "1000000000000000\r\n",
                                    ";ext\r\n",     "0\r\nX\n",     "0\r\n\rX",
                                    "5;\x01\r\n",   "+5\r\n",       " 5\r\nhello\r\n",
                                    long_extension, long_trailer};
  for (const auto input : cases) {
    for (std::size_t piece : {std::size_t(1), std::size_t(7), input.size()}) {
      EXPECT_TRUE(feed(BodyFraming::chunked(), input, piece).bad) << input;
    }
  }
}

TEST(BodyFraming, cut_short_is_neither_done_nor_bad) {
  for (std::string_view input : {"", "5", "5\r\nhel", "5\r\nhello\r\n", "0\r\n", "0\r\nX: y\r\n"}) {
    const auto out = feed(BodyFraming::chunked(), input, 100);
    EXPECT_FALSE(out.done || out.bad) << input;
  }
}

}  // namespace
}  // namespace greenroom::net
