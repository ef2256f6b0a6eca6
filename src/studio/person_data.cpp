// What goes with a person or a workspace that is erased, and what is known of a person here: the hooks that People
// calls in its transactions.
#include "studio/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

struct ExportedSession {
  SessionId id;
  std::string title;
  base::WallTime created_at;
};
BOOST_DESCRIBE_STRUCT(ExportedSession, (), (id, title, created_at))

struct ExportedPresence {
  SessionId session_id;
  std::string name;
  Role role = Role::speaker;
  base::WallTime joined_at;
  std::optional<base::WallTime> left_at;
};
BOOST_DESCRIBE_STRUCT(ExportedPresence, (), (session_id, name, role, joined_at, left_at))

struct PersonExport {
  std::vector<ExportedSession> sessions_made;
  std::vector<ExportedPresence> sessions_joined;
};
BOOST_DESCRIBE_STRUCT(PersonExport, (), (sessions_made, sessions_joined))

}  // namespace

base::Result<std::string> Studio::Core::export_person(db::Transaction& tx, UserId user) const {
  PersonExport out;
  GREENROOM_TRY(const auto made, studio::sessions::made_by(tx, user));
  for (const auto& session : made) out.sessions_made.push_back({session.id, session.title, session.created_at});
  GREENROOM_TRY(const auto joined, participants::all_of_user(tx, user));
  for (const auto& p : joined) out.sessions_joined.push_back({p.session, p.name, p.role, p.joined_at, p.left_at});
  return wire::to_text(out);
}

// Their name is also that of the files of their own recordings.
base::Status Studio::Core::erase_person(db::Transaction& tx, UserId user, std::string_view name) const {
  GREENROOM_TRY(const auto joined, participants::all_of_user(tx, user));
  for (const auto& p : joined) {
    GREENROOM_TRY(const auto files, assets::of_participant(tx, p.id));
    for (const auto& file : files) {
      const auto dot = std::min(file.name.rfind('.'), file.name.size());
      GREENROOM_CHECK_OK(assets::rename(tx, file.id, std::string(name) + file.name.substr(dot)));
    }
  }
  return participants::rename_all_of_user(tx, user, name);
}

base::Status Studio::Core::erase_workspace(db::Transaction& tx, WorkspaceId workspace) const {
  GREENROOM_TRY(const auto all, studio::sessions::of_workspace(tx, workspace));
  for (const SessionId id : all) GREENROOM_CHECK_OK(remove_session(tx, id));
  return {};
}

people::PeopleHooks Studio::Core::people_hooks() const {
  return {
      .erase_person = [this](db::Transaction& tx, UserId user,
                             std::string_view name) { return erase_person(tx, user, name); },
      .erase_workspace = [this](db::Transaction& tx, WorkspaceId workspace) { return erase_workspace(tx, workspace); },
      .export_person = [this](db::Transaction& tx, UserId user) { return export_person(tx, user); },
      .logins_ended = [this](UserId user) { static_cast<void>(d.bus.publish(logins_topic(user), "")); },
  };
}

}  // namespace greenroom::studio
