// The table of what is so only while a node runs (ADR 20): when the node is no longer there, recover() ends it.
#pragma once
#include <boost/describe/enum.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "db/db.hpp"
#include "db/enum_column.hpp"

namespace greenroom::studio {

enum class NodeFactKind { present, backup };  // of a participant, of a stem
BOOST_DESCRIBE_ENUM(NodeFactKind, present, backup)

struct NodeFact {
  NodeFactKind kind = NodeFactKind::present;
  std::string id;
};

namespace node_facts {
base::Status take(db::Transaction& tx, NodeFactKind kind, std::string_view id, std::string_view node);
// False: this node does not say so (any more), another may.
base::Result<bool> release(db::Transaction& tx, NodeFactKind kind, std::string_view id, std::string_view node);
base::Result<std::vector<std::string>> nodes(db::Transaction& tx);
base::Result<std::vector<NodeFact>> of_node(db::Transaction& tx, std::string_view node);
base::Status forget(db::Transaction& tx, std::string_view node);
}  // namespace node_facts

}  // namespace greenroom::studio
