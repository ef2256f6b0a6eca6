#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "blob/detail/file.hpp"
#include "blob/store.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::blob {

namespace fs = std::filesystem;

namespace {

class DiskWriter final : public Writer {
 public:
  DiskWriter(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  base::Status append(base::ByteView bytes) override {
    auto status = file_.write_at(size_, bytes);
    if (status)
      size_ += bytes.size();
    else
      (void)file_.truncate(size_);  // a piece is in or out, never half
    return status;
  }
  base::Status sync() override { return file_.sync_data(); }
  base::ByteCount size() const override { return {size_}; }

 private:
  File file_;
  std::uint64_t size_;
};

class DiskReader final : public Reader {
 public:
  DiskReader(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  base::ByteCount size() const override { return {size_}; }
  base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const override {
    return file_.read_at(offset, out);
  }

 private:
  File file_;
  std::uint64_t size_;
};

struct Paths {
  fs::path sealed;
  fs::path growing;
};

class DiskStore final : public Store {
 public:
  explicit DiskStore(fs::path root) : root_(std::move(root)) {}

  base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at) override {
    const Paths paths = paths_of(name);
    if (exists(paths.sealed)) return base::fail(error_sealed, "these bytes are sealed", name.str());
    const bool fresh = !exists(paths.growing);
    if (fresh && at.value > 0) return base::fail(error_short, "bytes are missing", name.str());
    if (fresh) GREENROOM_CHECK_OK(make_directories(paths.growing.parent_path()));
    GREENROOM_TRY(auto file, File::open(paths.growing, O_RDWR | O_CREAT));
    GREENROOM_TRY(const auto size, file.size());
    if (size < at.value) return base::fail(error_short, "bytes are missing", name.str());
    if (size > at.value) GREENROOM_CHECK_OK(file.truncate(at.value));
    if (fresh) GREENROOM_CHECK_OK(sync_directory(paths.growing.parent_path()));
    return std::make_unique<DiskWriter>(std::move(file), at.value);
  }

  base::Result<std::unique_ptr<Reader>> open(const Name& name) override {
    GREENROOM_TRY(auto path, local_path(name));
    GREENROOM_TRY(auto file, File::open(path, O_RDONLY));
    GREENROOM_TRY(const auto size, file.size());
    return std::make_unique<DiskReader>(std::move(file), size);
  }

  base::Result<Stat> stat(const Name& name) override {
    GREENROOM_TRY(auto path, local_path(name));
    GREENROOM_TRY(auto file, File::open(path, O_RDONLY));
    GREENROOM_TRY(const auto size, file.size());
    return Stat{{size}, path == paths_of(name).sealed};
  }

  base::Status seal(const Name& name) override {
    const Paths paths = paths_of(name);
    if (exists(paths.sealed)) return {};
    {
      GREENROOM_TRY(auto file, File::open(paths.growing, O_RDWR));
      GREENROOM_CHECK_OK(file.sync_all());
    }
    return rename_durably(paths.growing, paths.sealed);
  }

  base::Status adopt(const Name& name, const fs::path& source) override {
    const Paths paths = paths_of(name);
    {
      GREENROOM_TRY(auto file, File::open(source, O_RDWR));
      GREENROOM_CHECK_OK(file.sync_all());
    }
    GREENROOM_CHECK_OK(make_directories(paths.sealed.parent_path()));
    return rename_durably(source, paths.sealed);
  }

  base::Status remove(const Name& name) override {
    const Paths paths = paths_of(name);
    for (const auto& path : {paths.sealed, paths.growing}) {
      if (::unlink(path.c_str()) != 0 && errno != ENOENT) return os_failure("remove", path);
    }
    return {};
  }

  base::Result<fs::path> local_path(const Name& name) override {
    const Paths paths = paths_of(name);
    if (exists(paths.sealed)) return paths.sealed;
    if (exists(paths.growing)) return paths.growing;
    return base::fail(error_missing, "there are no such bytes", name.str());
  }

  fs::path scratch() const override { return root_ / "scratch"; }

  base::Status prepare() { return make_directories(scratch()); }

 private:
  static bool exists(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
  }

  Paths paths_of(const Name& name) const {
    const std::string hash = crypto::to_hex(base::ByteView(crypto::sha256(base::as_bytes(name.str()))).first(2));
    std::string file = name.str();
    std::replace(file.begin(), file.end(), '/', '~');
    const fs::path folder = root_ / hash.substr(0, 2) / hash.substr(2, 2);
    return {folder / file, folder / (file + ".part")};
  }

  // Every directory that is new is entered durably into its parent.
  base::Status make_directories(const fs::path& directory) {
    if (exists(directory)) return {};
    if (directory.has_parent_path()) GREENROOM_CHECK_OK(make_directories(directory.parent_path()));
    std::error_code failed;
    fs::create_directory(directory, failed);
    if (failed) {
      errno = failed.value();
      return os_failure("create", directory);
    }
    return sync_directory(directory.parent_path());
  }

  const fs::path root_;
};

}  // namespace

base::Result<std::unique_ptr<Store>> open_disk_store(const fs::path& root) {
  auto store = std::make_unique<DiskStore>(fs::absolute(root));
  GREENROOM_CHECK_OK(store->prepare());
  return store;
}

}  // namespace greenroom::blob
