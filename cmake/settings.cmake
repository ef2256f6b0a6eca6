# Compiler and linker settings, the same for every module.
set(GREENROOM_SANITIZE "" CACHE STRING "address (with undefined behaviour), thread, or none")
set_property(CACHE GREENROOM_SANITIZE PROPERTY STRINGS "" address thread)
option(GREENROOM_WEB "build the web application into the binary" ON)
option(GREENROOM_FUZZ "build the fuzz targets (clang)" OFF)
option(GREENROOM_UNITY "compile several files at once: quicker from nothing, slower after a change" ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

if(GREENROOM_UNITY AND NOT GREENROOM_FUZZ)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 6)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
else()
  add_link_options(-fuse-ld=lld-14)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely inside <regex>, <variant> and std::string at -O2 and under sanitizers.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer -Wno-stringop-overflow
                      -Wno-array-bounds -fpch-preprocess)
  if(GREENROOM_UNITY)
    add_compile_options(-Wno-subobject-linkage)  # takes every file of a batch for a header
  endif()
endif()
if(GREENROOM_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -Og -g1)
  add_link_options(-fsanitize=address,undefined)
elseif(GREENROOM_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Og -g1)
  add_link_options(-fsanitize=thread)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)  # a stand-alone fence is what this sanitizer cannot see; the scheduler locks too
endif()
if(GREENROOM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -O1 -g1)
  add_link_options(-fsanitize=address,undefined)
endif()
# _FILE_OFFSET_BITS: hiredis asks for it, and one set of precompiled headers serves all.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ALLOW_DEPRECATED_HEADERS _FILE_OFFSET_BITS=64)
