// What a node says is so as long as it runs: a participant is present, a backup track is being written.
#include "studio/detail/node_rows.hpp"

namespace greenroom::studio::node_facts {

base::Status take(db::Transaction& tx, NodeFactKind kind, std::string_view id, std::string_view node) {
  return db::done(tx.run(
      "INSERT INTO node_facts (kind, id, node) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET node = $3",
      {kind, id, node}));
}

base::Result<bool> release(db::Transaction& tx, NodeFactKind kind, std::string_view id, std::string_view node) {
  return tx.run("DELETE FROM node_facts WHERE kind = $1 AND id = $2 AND node = $3", {kind, id, node})
      .map([](std::int64_t rows) { return rows > 0; });
}

base::Result<std::vector<std::string>> nodes(db::Transaction& tx) {
  return tx.all("SELECT DISTINCT node FROM node_facts", {}, [](db::Row& row) { return row.next<std::string>(); });
}

base::Result<std::vector<NodeFact>> of_node(db::Transaction& tx, std::string_view node) {
  return tx.all("SELECT kind, id FROM node_facts WHERE node = $1", {node}, [](db::Row& row) {
    NodeFact fact;
    row.into(fact.kind);
    row.into(fact.id);
    return fact;
  });
}

base::Status forget(db::Transaction& tx, std::string_view node) {
  return db::done(tx.run("DELETE FROM node_facts WHERE node = $1", {node}));
}

}  // namespace greenroom::studio::node_facts
