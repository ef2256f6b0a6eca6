#include "api/reference/reference.hpp"

#include <gtest/gtest.h>

#include "api/openapi.hpp"
#include "api/reference/schema_text.hpp"
#include "api/rest/rest.hpp"
#include "base/text.hpp"

namespace greenroom::api {
namespace {

std::string page() { return reference_page(describe_routes(rest_routes(nullptr))); }

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Reference, EveryOperationHasItsPlace) {
  const std::string html = page();
  for (const Route& route : rest_routes(nullptr)) {
    if (route.about.id.empty()) continue;
    EXPECT_EQ(count_of(html, "<article class=\"operation\" id=\"" + route.about.id + "\""), 1u) << route.about.id;
    EXPECT_NE(html.find("href=\"#" + route.about.id + "\""), html.npos) << route.about.id;
  }
}

TEST(Reference, EveryLinkWithinLeadsSomewhere) {
  const std::string html = page();
  constexpr std::string_view mark = "href=\"#";
  for (auto at = html.find(mark); at != html.npos; at = html.find(mark, at + 1)) {
    const auto begin = at + mark.size();
    const auto name = html.substr(begin, html.find('"', begin) - begin);
    EXPECT_NE(html.find("id=\"" + name + "\""), html.npos) << name;
  }
}

TEST(Reference, HasNothingInlineAndNothingForeign) {
  const std::string html = page();
  for (const char* word : {"<style", " style=", "onclick", "http://", "https://", "<script>"})
    EXPECT_EQ(html.find(word), html.npos) << word;
}

TEST(Reference, TextStaysText) {
  EXPECT_EQ(base::escape_html("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
  EXPECT_EQ(type_html({{"type", "array"}, {"items", {{"$ref", "#/components/schemas/A"}}}, {"maxItems", 3}}),
            "list of <a href=\"#schema-A\">A</a>, at most 3 items");
  EXPECT_EQ(type_html({{"enum", {"a", "b"}}}), "<code>&quot;a&quot;</code> | <code>&quot;b&quot;</code>");
  EXPECT_EQ(members_html({{"type", "object"}}), "");
}

}  // namespace
}  // namespace greenroom::api
