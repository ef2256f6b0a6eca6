#include "wire/tar.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire {
namespace {

TarHeader parsed(const base::Bytes& bytes) {
  auto header = parse_tar_header(bytes);
  EXPECT_TRUE(header) << (header ? "" : header.error().what);
  return header.value_or(TarHeader{});
}

TEST(Tar, HeaderComesBack) {
  for (const std::uint64_t size :
       {std::uint64_t(0), std::uint64_t(511), std::uint64_t(1) << 33, std::uint64_t(1) << 50}) {
    const auto bytes = print_tar_header("database/users.0001.jsonl", size);
    ASSERT_EQ(bytes.size(), tar_block);
    const auto header = parsed(bytes);
    EXPECT_EQ(header.kind, TarKind::file);
    EXPECT_EQ(header.name, "database/users.0001.jsonl");
    EXPECT_EQ(header.size, size);
  }
}

TEST(Tar, LongNameComesFirst) {
  const std::string name = "files/blobs/" + std::string(180, 'n');
  const auto bytes = print_tar_header(name, 7);
  ASSERT_EQ(bytes.size(), 3 * tar_block);
  const base::ByteView view(bytes);
  const auto mark = parse_tar_header(view.first(tar_block));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->kind, TarKind::long_name);
  EXPECT_EQ(tar_long_name(view.subspan(tar_block, mark->size)).value_or(""), name);
  EXPECT_EQ(parse_tar_header(view.subspan(2 * tar_block))->size, 7u);
}

TEST(Tar, DamageIsSeen) {
  auto bytes = print_tar_header("a", 1);
  EXPECT_EQ(parse_tar_header(base::Bytes(tar_block))->kind, TarKind::end);
  EXPECT_FALSE(parse_tar_header(base::ByteView(bytes).first(100)));
  ++bytes[130];
  EXPECT_FALSE(parse_tar_header(bytes));
}

TEST(Tar, NamesStayInTheirFolder) {
  for (const char* good : {"a", "files/blobs/ab/cd/assets~x.mp4", "..a/b"}) EXPECT_TRUE(is_tar_name(good)) << good;
  for (const char* bad : {"", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "a\nb"})
    EXPECT_FALSE(is_tar_name(bad)) << bad;
}

}  // namespace
}  // namespace greenroom::wire
