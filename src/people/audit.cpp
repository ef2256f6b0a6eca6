// What was done, by whom: lines that are only ever added. The address that a person came from is kept beside the log,
// so that it can be erased with the person while the line stays.
#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

constexpr std::uint32_t page_default = 50;

}  // namespace

base::Status People::Core::audit(db::Transaction& tx, const AuditRow& line) const {
  return people::audit_log::insert(tx, AuditId::make(now(), d.rng), line, now());
}

base::Status People::Core::audit(db::Transaction& tx, const UserActor& who, std::string_view action,
                                 std::string_view subject, std::string_view detail) const {
  return audit(tx,
               {who.workspace, who.user, std::string(action), std::string(subject), std::string(detail), who.address});
}

base::Status People::audit(db::Transaction& tx, const UserActor& who, std::string_view action, std::string_view subject,
                           std::string_view detail) {
  return core_->audit(tx, who, action, subject, detail);
}

base::Result<AuditPage> People::audit_log(const UserActor& actor, std::optional<std::uint32_t> limit,
                                          std::optional<std::string> cursor) {
  GREENROOM_CHECK_OK(core_->must_manage(actor));
  if (cursor && !AuditId::parse(*cursor)) return base::fail(error_field, "is not a cursor of this list", "cursor");
  const auto count = std::clamp<std::int64_t>(limit.value_or(page_default), 1, core_->d.limits.audit_page_max);
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<AuditPage> {
    AuditPage page;
    GREENROOM_TRY(page.items, people::audit_log::page(tx, actor.workspace, cursor.value_or(""), count + 1));
    if (page.items.size() > std::size_t(count)) {
      page.items.resize(std::size_t(count));
      page.next_cursor = page.items.back().id.str();
    }
    return page;
  });
}

}  // namespace greenroom::people
