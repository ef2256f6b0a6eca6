// JSON text into described structs: whatever comes, the reader answers a value or a bounded list of errors, and what it
// accepts it prints and reads again. (Not to the same text: Boost.JSON 1.81 reads long numbers an ulp off.)
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/json.hpp"

namespace {

namespace wire = greenroom::wire;

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Leaf {
  Colour colour = Colour::red;
  std::optional<std::int32_t> count;
  greenroom::base::WallTime at;
  greenroom::base::Id<struct LeafTag> id;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (colour, count, at, id))

struct Tree {
  std::string name;
  double weight = 0;
  std::optional<std::vector<Leaf>> leaves;
  std::optional<std::map<std::string, boost::json::value>> anything;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, weight, leaves, anything))

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = wire::parse_json(greenroom::base::as_text({data, size}));
  if (!value) return 0;
  wire::print_json_pretty(*value);
  const auto tree = wire::from_json<Tree>(*value);
  if (!tree) {
    if (tree.error().empty() || tree.error().size() > wire::max_field_errors) std::abort();
    return 0;
  }
  const std::string text = wire::to_text(*tree);
  const auto again = wire::from_text<Tree>(text);
  if (!again) std::abort();
  return 0;
}
