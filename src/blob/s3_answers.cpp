#include "blob/s3_answers.hpp"

#include <expat.h>

#include <charconv>

#include "base/owned.hpp"
#include "base/text.hpp"

namespace greenroom::blob {
namespace {

constexpr std::size_t depth_max = 12;
constexpr std::size_t elements_max = 50'000;  // a page has a thousand keys of some ten elements

struct Element {
  std::string name;
  std::string text;
  std::vector<Element> children;

  const Element* child(std::string_view wanted) const {
    for (const auto& one : children)
      if (one.name == wanted) return &one;
    return nullptr;
  }
  std::string text_of(std::string_view wanted) const {
    const auto* found = child(wanted);
    return found ? found->text : std::string();
  }
};

// What expat's callbacks write to: the elements that are open, the outermost first.
struct Tree {
  XML_Parser parser;
  std::vector<Element> open{1};
  std::size_t elements = 0;

  void stop() { XML_StopParser(parser, XML_FALSE); }
  void begin(const char* name) {
    if (open.size() > depth_max || ++elements > elements_max) return stop();
    open.push_back({name, {}, {}});
  }
  void end() {
    if (open.size() < 2) return stop();
    Element done = std::move(open.back());
    open.pop_back();
    open.back().children.push_back(std::move(done));
  }
};

Tree& tree_of(void* user) { return *static_cast<Tree*>(user); }
void XMLCALL begin_element(void* user, const XML_Char* name, const XML_Char**) { tree_of(user).begin(name); }
void XMLCALL end_element(void* user, const XML_Char*) { tree_of(user).end(); }
void XMLCALL take_text(void* user, const XML_Char* text, int length) {
  tree_of(user).open.back().text.append(text, std::size_t(length));
}
void XMLCALL refuse_type(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) { tree_of(user).stop(); }

base::Result<Element> parse(std::string_view xml, std::string_view root) {
  const base::Owned<XML_ParserStruct, XML_ParserFree> parser(XML_ParserCreate(nullptr));
  Tree tree{parser.get()};
  XML_SetUserData(parser.get(), &tree);
  XML_SetElementHandler(parser.get(), &begin_element, &end_element);
  XML_SetCharacterDataHandler(parser.get(), &take_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), &refuse_type);
  const bool good = XML_Parse(parser.get(), xml.data(), int(xml.size()), XML_TRUE) == XML_STATUS_OK;
  if (!good || tree.open.size() != 1 || tree.open[0].children.size() != 1)
    return base::fail(error_answer, "the storage's answer is no XML", std::string(xml.substr(0, 200)));
  Element& top = tree.open[0].children[0];
  if (!root.empty() && top.name != root)
    return base::fail(error_answer, "the storage's answer is not what was asked for",
                      fmt::format("{} in place of {}", top.name, root));
  return std::move(top);
}

template <class Number>
base::Result<Number> number_of(const Element& element, std::string_view name) {
  const std::string text = element.text_of(name);
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    return base::fail(error_answer, "the storage's answer has no number where one belongs", std::string(name));
  return number;
}

}  // namespace

S3Problem read_problem(std::string_view xml) {
  const auto top = parse(xml, "Error");
  return top ? S3Problem{top->text_of("Code"), top->text_of("Message")} : S3Problem{};
}

base::Result<std::string> read_upload_id(std::string_view xml) {
  GREENROOM_TRY(const auto top, parse(xml, "InitiateMultipartUploadResult"));
  std::string id = top.text_of("UploadId");
  if (id.empty()) return base::fail(error_answer, "the storage gave an upload no id");
  return id;
}

base::Result<S3Parts> read_parts(std::string_view xml) {
  GREENROOM_TRY(const auto top, parse(xml, "ListPartsResult"));
  S3Parts out;
  for (const auto& one : top.children) {
    if (one.name != "Part") continue;
    GREENROOM_TRY(const auto number, number_of<unsigned>(one, "PartNumber"));
    GREENROOM_TRY(const auto size, number_of<std::uint64_t>(one, "Size"));
    out.parts.push_back({number, one.text_of("ETag"), size});
  }
  if (top.text_of("IsTruncated") != "true") return out;
  GREENROOM_TRY(out.next, number_of<unsigned>(top, "NextPartNumberMarker"));
  return out;
}

base::Result<S3Listing> read_listing(std::string_view xml) {
  GREENROOM_TRY(const auto top, parse(xml, "ListBucketResult"));
  S3Listing out;
  for (const auto& one : top.children) {
    if (one.name != "Contents") continue;
    GREENROOM_TRY(const auto size, number_of<std::uint64_t>(one, "Size"));
    out.objects.push_back({one.text_of("Key"), size, one.text_of("ETag")});
  }
  if (top.text_of("IsTruncated") == "true") out.next = top.text_of("NextContinuationToken");
  return out;
}

base::Result<std::vector<S3Upload>> read_uploads(std::string_view xml) {
  GREENROOM_TRY(const auto top, parse(xml, "ListMultipartUploadsResult"));
  std::vector<S3Upload> out;
  for (const auto& one : top.children)
    if (one.name == "Upload") out.push_back({one.text_of("Key"), one.text_of("UploadId")});
  return out;
}

base::Result<std::string> read_completion(std::string_view xml) {
  GREENROOM_TRY(const auto top, parse(xml, "CompleteMultipartUploadResult"));
  return top.text_of("ETag");
}

std::string completion_of(const std::vector<StoredPart>& parts) {
  std::string out = "<CompleteMultipartUpload>";
  for (const auto& part : parts)
    out += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", part.number,
                       base::escape_html(part.etag));
  return out + "</CompleteMultipartUpload>";
}

}  // namespace greenroom::blob
