#include "work/take_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "blob/encrypted_file.hpp"
#include "media/error.hpp"

namespace greenroom::work {
namespace {

namespace fs = std::filesystem;
using base::Status;

Status done(const std::error_code& error, const fs::path& path) {
  if (!error) return {};
  return base::fail(media::file_io, "The take's folder cannot be written.", path.string() + ": " + error.message());
}

// What earlier attempts left when they were killed.
void clear(const fs::path& takes, const std::string& prefix) {
  std::error_code none, gone;
  for (const auto& entry : fs::directory_iterator(takes, none))
    if (entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path(), gone);
}

}  // namespace

base::Result<TakeFolder> TakeFolder::begin(const fs::path& data, const std::string& take) {
  const auto takes = fs::absolute(data).lexically_normal() / "takes";
  const std::string prefix = "." + take + ".";
  clear(takes, prefix);
  TakeFolder folder(takes / take, takes / (prefix + std::to_string(::getpid())));
  std::error_code error;
  fs::create_directories(folder.aside_, error);
  GREENROOM_CHECK_OK(done(error, folder.aside_));
  return folder;
}

TakeFolder::TakeFolder(TakeFolder&& other) noexcept
    : place_(std::move(other.place_)),
      aside_(std::exchange(other.aside_, {})),
      published_(std::exchange(other.published_, false)) {}

TakeFolder::~TakeFolder() {
  std::error_code ignored;
  if (!aside_.empty()) fs::remove_all(aside_, ignored);
}

base::Result<fs::path> TakeFolder::room_for(const std::string& name) const {
  auto path = aside_ / name;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  GREENROOM_CHECK_OK(done(error, path));
  return path;
}

Status TakeFolder::document(const std::string& name, const fs::path& text,
                            const std::optional<crypto::NewEnvelope>& envelope) {
  GREENROOM_TRY(const auto path, room_for(name));
  if (envelope) return blob::encrypt_file(text, path, *envelope);
  std::error_code error;
  fs::copy_file(text, path, error);
  return done(error, path);
}

// Relative, so that the data folder can be moved as a whole.
Status TakeFolder::link(const std::string& name, const fs::path& target) {
  GREENROOM_TRY(const auto path, room_for(name));
  const auto from = (place_ / name).parent_path();
  std::error_code error;
  fs::create_symlink(fs::absolute(target).lexically_normal().lexically_relative(from), path, error);
  return done(error, path);
}

Status TakeFolder::publish() {
  std::error_code error;
  if (::renameat2(AT_FDCWD, aside_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != ENOENT) return done(std::error_code(errno, std::generic_category()), place_);
    fs::rename(aside_, place_, error);
  }
  published_ = !error;
  return done(error, place_);
}

void TakeFolder::withdraw() {
  if (!std::exchange(published_, false)) return;
  std::error_code ignored;
  if (::renameat2(AT_FDCWD, aside_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) != 0)
    fs::rename(place_, aside_, ignored);
}

}  // namespace greenroom::work
