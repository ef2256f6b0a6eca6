#include "wire/json.hpp"

#include <cmath>
#include <random>

namespace greenroom::wire {
namespace {

enum class Kind { audio, video, auto_ };
BOOST_DESCRIBE_ENUM(Kind, audio, video, auto_)

struct Feedback {
  std::string type;
  std::optional<std::string> parameter;
};
BOOST_DESCRIBE_STRUCT(Feedback, (), (type, parameter))

struct Codec {
  Kind kind = Kind::audio;
  std::string mime_type;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 0;
  std::optional<int> channels;
  std::map<std::string, boost::json::value> parameters;
  std::vector<Feedback> rtcp_feedback;
};
BOOST_DESCRIBE_STRUCT(Codec, (), (kind, mime_type, payload_type, clock_rate, channels, parameters, rtcp_feedback))
constexpr FieldRule field_rule(const Codec*, std::string_view member) {
  FieldRule rule;
  rule.defaulted = member == "rtcp_feedback" || member == "parameters";
  if (member == "mime_type") rule.min_length = 1, rule.max_length = 40;
  if (member == "clock_rate") rule.minimum = 1;
  if (member == "rtcp_feedback") rule.max_items = 3;
  return rule;
}

struct Capabilities {
  std::vector<Codec> codecs;
};
BOOST_DESCRIBE_STRUCT(Capabilities, (), (codecs))

struct ThingTag {};
struct Thing {
  base::Id<ThingTag> id;
  base::WallTime created_at;
  bool live = false;
  double started_at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (id, created_at, live, started_at_ms))

struct DetailedThing : Thing {
  std::optional<boost::json::value> extra;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(DetailedThing, (Thing), (extra, count))

constexpr std::string_view opus =
    R"({"codecs":[{"kind":"audio","mimeType":"audio/opus","payloadType":111,"clockRate":48000,"channels":2,)"
    R"("parameters":{"useinbandfec":1},"rtcpFeedback":[{"type":"transport-cc"}]}]})";

TEST(Json, ReadsWhatItPrints) {
  const auto read = from_text<Capabilities>(opus);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->codecs[0].mime_type, "audio/opus");
  EXPECT_EQ(read->codecs[0].channels, 2);
  EXPECT_EQ(read->codecs[0].parameters.at("useinbandfec"), 1);
  EXPECT_EQ(to_text(*read), opus);
}

TEST(Json, TextWithoutATreeIsTheTextOfTheTree) {
  auto codecs = *from_text<Capabilities>(opus);
  std::string& name = codecs.codecs[0].mime_type;
  name.clear();
  for (int byte = 0; byte < 128; ++byte) name += char(byte);
  name += "\u00fc \u20ac";
  codecs.codecs[0].parameters = {{"\"quoted\"", 1.5}, {"list", boost::json::array{1, nullptr}}};
  codecs.codecs.emplace_back();
  EXPECT_EQ(to_text(codecs), print_json(to_json(codecs)));
  EXPECT_EQ(to_text(Capabilities{}), R"({"codecs":[]})");
  DetailedThing thing;
  base::SeededRng rng(1);
  thing.id = base::Id<ThingTag>::make(base::wall_from_micros(5), rng);
  thing.created_at = base::wall_from_micros(1'700'000'000'123'456);
  thing.live = true;
  thing.started_at_ms = 1e21;
  thing.count = std::numeric_limits<std::int64_t>::min();
  thing.extra = boost::json::object{{"a", "b"}};
  EXPECT_EQ(to_text(thing), print_json(to_json(thing)));
  EXPECT_EQ(to_text(std::map<std::string, std::optional<int>>{{"a", 1}, {"b", {}}}), R"({"a":1,"b":null})");
  EXPECT_EQ(to_text(std::map<std::string, int>()), "{}");
}

TEST(Json, PathsNameTheFieldThatIsWrong) {
  const auto read = from_text<Capabilities>(
      R"({"codecs":[{"kind":"smell","mimeType":7,"payloadType":300,"clockRate":0,"rtcpFeedback":[{"type":"nack"},{}]}, 5]})");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), testing::ElementsAre(FieldError{"codecs[0].kind", "expected one of audio, video, auto"},
                                                 FieldError{"codecs[0].mimeType", "expected a string"},
                                                 FieldError{"codecs[0].payloadType", "must be between 0 and 255"},
                                                 FieldError{"codecs[0].clockRate", "must be at least 1"},
                                                 FieldError{"codecs[0].rtcpFeedback[1].type", "is required"},
                                                 FieldError{"codecs[1]", "expected an object"}));
  EXPECT_TRUE(describe(read.error()).starts_with("codecs[0].kind: expected one of audio, video, auto; codecs[0]"));
}

TEST(Json, AbsentAndNullOptionalsAreNone) {
  const auto absent = from_text<Feedback>(R"({"type":"nack"})");
  const auto null = from_text<Feedback>(R"({"type":"nack","parameter":null,"unknown":[1,2]})");
  ASSERT_TRUE(absent && null);
  EXPECT_FALSE(absent->parameter || null->parameter);
  EXPECT_EQ(to_text(*absent), R"({"type":"nack"})");
  EXPECT_EQ(from_text<Feedback>(R"({"type":null})").error()[0], (FieldError{"type", "expected a string"}));
}

TEST(Json, IdsAndTimesAndInheritedMembers) {
  constexpr std::string_view text =
      R"({"id":"0190163d-8694-739b-aea5-966c26f8ad91","createdAt":"2026-01-31T09:30:00.125Z","live":true,)"
      R"("startedAtMs":1.5E0,"extra":{"a":[1]},"count":-3})";
  const auto read = from_text<DetailedThing>(text);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->id.str(), "0190163d-8694-739b-aea5-966c26f8ad91");
  EXPECT_EQ(base::to_millis(read->created_at) % 1000, 125);
  EXPECT_EQ(to_text(*read), text);
  const auto bad = from_text<Thing>(R"({"id":"x","createdAt":"yesterday","live":1,"startedAtMs":"2"})");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().size(), 4u);
  EXPECT_EQ(bad.error()[1], (FieldError{"createdAt", "expected a time such as 2026-01-31T09:30:00Z"}));
}

TEST(Json, IntegersMayBeWrittenAsWholeDoublesButKeepTheirRange) {
  EXPECT_EQ(from_text<int>("1e3"), 1000);
  EXPECT_EQ(from_text<std::uint64_t>("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(to_text(std::uint64_t(18446744073709551615u)), "18446744073709551615");
  EXPECT_FALSE(from_text<int>("1.5"));
  EXPECT_FALSE(from_text<int>("4294967296"));
  EXPECT_FALSE(from_text<std::uint8_t>("-1"));
  EXPECT_FALSE(from_text<std::int64_t>("9223372036854775808"));
  EXPECT_FALSE(from_text<int>("1e300"));
  EXPECT_FALSE(from_text<int>("true"));
  EXPECT_FALSE(from_text<double>("1e999"));
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, LimitsHold) {
  Codec codec;
  codec.clock_rate = 1;
  codec.mime_type = std::string(41, 'x');
  codec.rtcp_feedback.resize(4);
  const auto read = from_json<Codec>(to_json(codec));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), testing::ElementsAre(FieldError{"mimeType", "must have at most 40 characters"},
                                                 FieldError{"rtcpFeedback", "must have at most 3 items"}));
  EXPECT_FALSE(from_json<std::string>(boost::json::string(std::string(65 * 1024, 'x'))));
  EXPECT_TRUE(from_text<std::string>(R"("äöü")"));
  EXPECT_FALSE(from_text<std::string>(R"("a\u0000b")"));
}

TEST(Json, ErrorsAreBounded) {
  std::string text = "[";
  for (int i = 0; i < 1000; ++i) text += "null,";
  const auto read = from_text<std::vector<int>>(text + "1]");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().size(), max_field_errors);
  EXPECT_EQ(from_text<std::vector<int>>(text + text.substr(1) + "1]").error().size(), 1u);
}

TEST(Json, BadTextIsOneErrorAndDepthIsLimited) {
  for (std::string_view text : {"", "{", "[1,]", "{\"a\":1}x", "\"\xff\"", "nan", "// x\n1"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_EQ(from_text<Thing>("{").error()[0].path, "");
}

TEST(Json, NumbersComeBackAsTheyWereWritten) {
  for (const char* text : {"0", "-1", "0.1", "0.30000000000000004", "1795241044078.026", "-2.2250738585072014E-308"})
    EXPECT_EQ(parse_json(text)->to_number<double>(), std::strtod(text, nullptr)) << text;
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double number =
        std::uniform_real_distribution<double>(-1, 1)(random) * std::pow(10.0, int(random() % 600) - 300);
    EXPECT_EQ(parse_json(print_json(boost::json::value(number)))->to_number<double>(), number);
    EXPECT_EQ(parse_json("[" + fmt::format("{}", number) + " ]")->at(0).to_number<double>(), number);
  }
  EXPECT_FALSE(parse_json("1e999"));
  EXPECT_FALSE(parse_json("[-1199555895119E1195]"));
  EXPECT_EQ(parse_json("1e-999")->to_number<double>(), 0);
}

TEST(Json, EnumsByName) {
  EXPECT_EQ(enum_name(Kind::auto_), "auto");
  EXPECT_EQ(enum_value<Kind>("auto"), Kind::auto_);
  EXPECT_EQ(enum_value<Kind>("auto_"), std::nullopt);
  EXPECT_EQ(to_text(std::vector{Kind::video, Kind::audio}), R"(["video","audio"])");
}

TEST(Json, SchemaSaysWhatTheReaderChecks) {
  EXPECT_EQ(
      print_json(schema<Feedback>()),
      R"({"type":"object","properties":{"type":{"type":"string"},"parameter":{"type":"string"}},"required":["type"]})");
  const auto codec = schema<Codec>();
  EXPECT_EQ(print_json(codec.at("properties").at("mimeType")), R"({"type":"string","minLength":1,"maxLength":40})");
  EXPECT_EQ(print_json(codec.at("properties").at("payloadType")),
            R"({"type":"integer","format":"int32","minimum":0,"maximum":255})");
  EXPECT_EQ(print_json(codec.at("required")), R"(["kind","mimeType","payloadType","clockRate"])");
  EXPECT_EQ(print_json(schema<Thing>().at("properties").at("id")), R"({"type":"string","format":"uuid"})");
}

TEST(Json, SchemasByNameAreCollected) {
  SchemaSet set;
  EXPECT_EQ(print_json(schema<Capabilities>(set)), R"({"$ref":"#/components/schemas/Capabilities"})");
  EXPECT_EQ(set.by_name.size(), 4u);
  EXPECT_EQ(print_json(set.by_name.at("Kind")), R"({"type":"string","enum":["audio","video","auto"]})");
  EXPECT_EQ(print_json(set.by_name.at("Capabilities").at("properties").at("codecs").at("items")),
            R"({"$ref":"#/components/schemas/Codec"})");
}

TEST(Json, PrettyPrintIsStable) {
  EXPECT_EQ(print_json_pretty(*parse_json(R"({"a":[1,{"b":2}],"c":{},"d":[]})")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}\n");
}

}  // namespace
}  // namespace greenroom::wire
