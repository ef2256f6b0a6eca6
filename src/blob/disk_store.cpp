#include "blob/disk_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "blob/detail/file.hpp"
#include "blob/detail/file_reader.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::blob {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t past_cache_min = 128 << 10;  // bytes: fewer are sooner copied than waited for

// Large pieces go past the page cache: a recording of hours would push everything else out of it, and the copy, with
// the pages for it, costs as much as receiving and more.
class DiskWriter final : public Writer {
 public:
  DiskWriter(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  base::Status append(base::ByteView bytes) override {
    auto status = write(bytes);
    if (status)
      size_ += bytes.size();
    else
      (void)file_.truncate(size_);  // a piece is in or out, never half
    return status;
  }
  base::Status sync() override { return file_.sync_data(); }
  base::ByteCount size() const override { return {size_}; }

 private:
  base::Status write(base::ByteView bytes) {
    const bool aligned =
        size_ % base::page_size == 0 && reinterpret_cast<std::uintptr_t>(bytes.data()) % base::page_size == 0;
    const auto whole = aligned && bytes.size() >= past_cache_min ? bytes.size() / base::page_size * base::page_size : 0;
    if (whole == 0 || !go_past_cache(true)) return write_through_cache(size_, bytes);
    if (!file_.write_at(size_, bytes.first(whole)))
      return write_through_cache(size_, bytes);  // which tells what is wrong
    return write_through_cache(size_ + whole, bytes.subspan(whole));
  }
  base::Status write_through_cache(std::uint64_t at, base::ByteView bytes) {
    if (bytes.empty()) return {};
    go_past_cache(false);
    return file_.write_at(at, bytes);
  }
  bool go_past_cache(bool past) {
    if (past != past_cache_ && file_.pass_cache(past)) past_cache_ = past;
    return past_cache_;
  }

  File file_;
  std::uint64_t size_;
  bool past_cache_ = false;
};

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Every directory that is new is entered durably into its parent.
base::Status make_directories(const fs::path& directory) {
  if (is_there(directory)) return {};
  if (directory.has_parent_path()) GREENROOM_CHECK_OK(make_directories(directory.parent_path()));
  std::error_code failed;
  fs::create_directory(directory, failed);
  if (failed) {
    errno = failed.value();
    return os_failure("create", directory);
  }
  return sync_directory(directory.parent_path());
}

}  // namespace

std::string file_name_of(const Name& name) {
  std::string file = name.str();
  std::replace(file.begin(), file.end(), '/', '~');
  return file;
}

base::Result<std::unique_ptr<DiskStore>> DiskStore::open(const fs::path& root) {
  std::unique_ptr<DiskStore> store(new DiskStore(fs::absolute(root)));
  GREENROOM_CHECK_OK(make_directories(store->scratch()));
  return store;
}

base::Result<std::unique_ptr<Store>> open_disk_store(const fs::path& root) { return DiskStore::open(root); }

DiskStore::Paths DiskStore::paths_of(const Name& name) const {
  const std::string hash = crypto::to_hex(base::ByteView(crypto::sha256(base::as_bytes(name.str()))).first(2));
  const std::string file = file_name_of(name);
  const fs::path folder = root_ / hash.substr(0, 2) / hash.substr(2, 2);
  return {folder / file, folder / (file + ".part")};
}

base::Result<std::unique_ptr<Writer>> DiskStore::append(const Name& name, base::ByteCount at, const crypto::Scope&) {
  const Paths paths = paths_of(name);
  if (is_there(paths.sealed)) return base::fail(error_sealed, "these bytes are sealed", name.str());
  const bool fresh = !is_there(paths.growing);
  if (fresh && at.value > 0) return base::fail(error_short, "bytes are missing", name.str());
  if (fresh) GREENROOM_CHECK_OK(make_directories(paths.growing.parent_path()));
  GREENROOM_TRY(auto file, File::open(paths.growing, O_RDWR | O_CREAT));
  GREENROOM_TRY(const auto size, file.size());
  if (size < at.value) return base::fail(error_short, "bytes are missing", name.str());
  if (size > at.value) GREENROOM_CHECK_OK(file.truncate(at.value));
  if (fresh) GREENROOM_CHECK_OK(sync_directory(paths.growing.parent_path()));
  return std::make_unique<DiskWriter>(std::move(file), at.value);
}

base::Result<std::unique_ptr<Reader>> DiskStore::open(const Name& name) {
  GREENROOM_TRY(auto file, file_of(name));
  return FileReader::make(std::move(file));
}

base::Result<Stat> DiskStore::stat(const Name& name) {
  GREENROOM_TRY(auto path, path_of(name));
  GREENROOM_TRY(auto file, File::open(path, O_RDONLY));
  GREENROOM_TRY(const auto size, file.size());
  return Stat{{size}, path == paths_of(name).sealed};
}

base::Status DiskStore::seal(const Name& name) {
  const Paths paths = paths_of(name);
  if (is_there(paths.sealed)) return {};
  {
    GREENROOM_TRY(auto file, File::open(paths.growing, O_RDWR));
    GREENROOM_CHECK_OK(file.sync_all());
  }
  return rename_durably(paths.growing, paths.sealed);
}

base::Status DiskStore::adopt(const Name& name, const fs::path& source, const crypto::Scope&) {
  const Paths paths = paths_of(name);
  {
    GREENROOM_TRY(auto file, File::open(source, O_RDWR));
    GREENROOM_CHECK_OK(file.sync_all());
  }
  GREENROOM_CHECK_OK(make_directories(paths.sealed.parent_path()));
  return rename_durably(source, paths.sealed);
}

base::Status DiskStore::remove(const Name& name) {
  const Paths paths = paths_of(name);
  for (const auto& path : {paths.sealed, paths.growing}) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return os_failure("remove", path);
  }
  return {};
}

base::Result<fs::path> DiskStore::fetch(const Name& name, const fs::path& folder) {
  GREENROOM_TRY(const auto from, path_of(name));
  auto to = folder / file_name_of(name);
  if (::link(from.c_str(), to.c_str()) != 0 && errno != EEXIST) return os_failure("link", from);
  return to;
}

base::Result<fs::path> DiskStore::path_of(const Name& name) const {
  Paths paths = paths_of(name);
  if (is_there(paths.sealed)) return std::move(paths.sealed);
  if (is_there(paths.growing)) return std::move(paths.growing);
  return base::fail(error_missing, "there are no such bytes", name.str());
}

base::Result<File> DiskStore::file_of(const Name& name) const {
  GREENROOM_TRY(const auto path, path_of(name));
  return File::open(path, O_RDONLY);
}

base::Status DiskStore::each_sealed(const std::function<base::Status(const Name&)>& visit) const {
  std::error_code error;
  auto at = fs::recursive_directory_iterator(root_, error);
  for (; !error && at != fs::end(at); at.increment(error)) {
    if (at.depth() == 0 && at->path().filename() == "scratch") at.disable_recursion_pending();
    if (at.depth() != 2) continue;
    std::string text = at->path().filename().string();
    std::replace(text.begin(), text.end(), '~', '/');
    if (const auto name = Name::parse(text)) GREENROOM_CHECK_OK(visit(*name));  // growing ones are no names: ".part"
  }
  if (!error) return {};
  errno = error.value();
  return os_failure("list", root_);
}

}  // namespace greenroom::blob
