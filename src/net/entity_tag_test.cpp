#include "net/entity_tag.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

TEST(EntityTag, parses_lists) {
  EXPECT_EQ(parse_entity_tags("\"1\""), (std::vector<EntityTag>{{"1", false}}));
  EXPECT_EQ(parse_entity_tags("W/\"1\" , \"a,b\",\"\\\""), (std::vector<EntityTag>{{"1", true}, {"a,b"}, {"\\"}}));
  EXPECT_EQ(parse_entity_tags(" , \"\","), (std::vector<EntityTag>{{"", false}}));
}

TEST(EntityTag, refuses_what_is_none) {
  for (const char* field : {"", " ", ",", "1", "\"1", "1\"", "w/\"1\"", "\"a\" \"b\"", "\"a b\"", "W/1", "\"a\"b"}) {
    EXPECT_FALSE(parse_entity_tags(field)) << field;
  }
  std::string many;
  for (std::size_t i = 0; i <= entity_tags_max; ++i) many += "\"x\",";
  EXPECT_FALSE(parse_entity_tags(many));
}

}  // namespace
}  // namespace greenroom::net
