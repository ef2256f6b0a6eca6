#include "studio/permissions.hpp"

#include <array>

namespace greenroom::studio {

namespace {

constexpr std::array roles{Role::host, Role::cohost, Role::speaker, Role::viewer};

}  // namespace

Permissions Permissions::of(std::span<const Permission> list) {
  Permissions out;
  for (const Permission p : list) out.add(p);
  return out;
}

std::vector<Permission> Permissions::list() const {
  std::vector<Permission> out;
  for (std::size_t i = 0; i < permission_count; ++i) {
    if (has(Permission(i))) out.push_back(Permission(i));
  }
  return out;
}

Permissions default_permissions(Role role) {
  using enum Permission;
  switch (role) {
    case Role::host:
    case Role::cohost:
      return Permissions::all();
    case Role::speaker:
      return {publish_audio, publish_video, share_screen, send_data};
    case Role::viewer:
      return {};
  }
  return {};
}

Permissions permissions_of(Role role, std::span<const RolePermissions> overrides) {
  if (role == Role::host) return Permissions::all();
  for (const RolePermissions& said : overrides) {
    if (said.role == role) return Permissions::of(said.allow);
  }
  return default_permissions(role);
}

std::string_view refusal_of(Permission needed) {
  switch (needed) {
    case Permission::publish_audio:
      return "you may not send audio in this session";
    case Permission::publish_video:
      return "you may not send video in this session";
    case Permission::share_screen:
      return "you may not share your screen in this session";
    case Permission::record:
      return "you may not record this session";
    case Permission::admit:
      return "you may not let people in";
    case Permission::remove:
      return "you may not remove people";
    case Permission::change_roles:
      return "you may not change roles";
    case Permission::invite:
      return "you may not invite people";
    case Permission::end_session:
      return "you may not end this session";
    case Permission::see_results:
      return "you may not see this session's results";
    case Permission::send_data:
      return "you may not send data in this session";
  }
  return "you may not do this";
}

std::vector<RolePermissions> permission_table(std::span<const RolePermissions> overrides) {
  std::vector<RolePermissions> out;
  for (const Role role : roles) out.push_back({role, permissions_of(role, overrides).list()});
  return out;
}

}  // namespace greenroom::studio
