// What was done, by whom: lines that are only ever added. The address that a person came from is kept beside the log,
// so that it can be erased with the person while the line stays.
#include "people/detail/core.hpp"

namespace greenroom::people {

struct AuditTag;

base::Status People::Core::audit(db::Transaction& tx, const AuditRow& line) const {
  return audit_log::insert(tx, base::Id<AuditTag>::make(now(), d.rng).str(), line, now());
}

base::Status People::audit(db::Transaction& tx, const UserActor& who, std::string_view action, std::string_view subject,
                           std::string_view detail) {
  return core_->audit(
      tx, {who.workspace, who.user, std::string(action), std::string(subject), std::string(detail), who.address});
}

}  // namespace greenroom::people
