#!/usr/bin/env python3
"""Holds an image against the packages that it was made from.

    compare-root.py LAYOUT:TAG PACKAGE.deb…

umoci unpacks the image; dpkg-deb and tar unpack the packages one upon the other, below the links of a merged /usr.
Paths, kinds, permissions, owners, targets, bytes and hard links have to be the same. What only the image has is printed
and is no difference: links by SONAME, the bundle of certificates and what scanners read. Needs root, as tar sets owners.
"""

import hashlib
import os
import stat
import subprocess
import sys
import tempfile


def entries(root):
    """The entries below a folder by path: kind, permissions, owners, and content or target."""
    found, links = {}, {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            kind = stat.S_IFMT(status.st_mode)
            content = None
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                if status.st_nlink > 1:
                    links.setdefault(status.st_ino, set()).add(os.path.relpath(path, root))
            mode = 0 if stat.S_ISLNK(status.st_mode) else stat.S_IMODE(status.st_mode)
            found[os.path.relpath(path, root)] = (kind, oct(mode), status.st_uid, status.st_gid, content)
    return found, {frozenset(names) for names in links.values()}


def main(image, packages):
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["umoci", "unpack", "--image", image, scratch + "/bundle"], check=True, stderr=subprocess.DEVNULL)
        root = scratch + "/root"
        # Only some architectures have a /lib64.
        wide = [name for name in ["lib64"] if os.path.islink(f"{scratch}/bundle/rootfs/{name}")]
        for name in ["bin", "lib", "sbin"] + wide:
            os.makedirs(f"{root}/usr/{name}")
            os.symlink(f"usr/{name}", f"{root}/{name}")
        for package in packages:
            archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
            arguments = ["tar", "-x", "-p", "-C", root, "--keep-directory-symlink", "--numeric-owner", "--same-owner"]
            subprocess.run(arguments, stdin=archive.stdout, check=True)
        wanted, wanted_links = entries(root)
        got, got_links = entries(scratch + "/bundle/rootfs")
    differences = 0
    for path in sorted(wanted.keys() | got.keys()):
        if path not in wanted:
            print("only in the image:", path, got[path][-1] if stat.S_ISLNK(got[path][0]) else "")
        elif path not in got or wanted[path] != got[path]:
            differences += 1
            print("different:", path, "expected", wanted[path], "got", got.get(path))
    for names in wanted_links ^ got_links:
        differences += 1
        print("hard links:", sorted(names), "expected" if names in wanted_links else "got")
    print(f"{len(wanted)} entries, {len(wanted_links)} groups of hard links, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
