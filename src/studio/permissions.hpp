// What somebody may do in a session, and the set of it that goes with each role unless the session says otherwise.
// Pure values. A host may always do everything: a session that nobody can govern would have no way out.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "studio/values.hpp"

namespace greenroom::studio {

enum class Permission {
  publish_audio,
  publish_video,
  share_screen,
  record,
  admit,   // from the lobby, or refuse
  remove,  // from the session
  change_roles,
  invite,
  end_session,
  see_results,
  send_data  // over data channels: chat, cursors, whatever the application sends
};
BOOST_DESCRIBE_ENUM(Permission, publish_audio, publish_video, share_screen, record, admit, remove, change_roles, invite,
                    end_session, see_results, send_data)
inline constexpr std::size_t permission_count = std::size_t(Permission::send_data) + 1;

class Permissions {
 public:
  constexpr Permissions() = default;
  constexpr Permissions(std::initializer_list<Permission> list) {
    for (const Permission p : list) add(p);
  }
  static Permissions of(std::span<const Permission> list);
  static constexpr Permissions all() {
    Permissions all;
    all.bits_ = (1u << permission_count) - 1;
    return all;
  }
  constexpr bool has(Permission p) const { return bits_ & bit(p); }
  constexpr void add(Permission p) { bits_ |= bit(p); }
  std::vector<Permission> list() const;
  friend bool operator==(const Permissions&, const Permissions&) = default;

 private:
  static constexpr std::uint32_t bit(Permission p) { return 1u << unsigned(p); }
  std::uint32_t bits_ = 0;
};

// A session's own word on what one role may do: instead of the default, not beside it.
struct RolePermissions {
  Role role = Role::speaker;
  std::vector<Permission> allow;
};
BOOST_DESCRIBE_STRUCT(RolePermissions, (), (role, allow))

Permissions default_permissions(Role role);
Permissions permissions_of(Role role, std::span<const RolePermissions> overrides);
std::string_view refusal_of(Permission needed);  // for who lacks it: "you may not record this session"
// Of every role, for people to look at.
std::vector<RolePermissions> permission_table(std::span<const RolePermissions> overrides);

}  // namespace greenroom::studio
