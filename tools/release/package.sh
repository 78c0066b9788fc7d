#!/usr/bin/env bash
# Makes what is released of an executable: a tarball, a Debian package, a bill of materials, checksums and their signature.
# usage: package.sh BUILT MANUAL-GENERATOR OUT [KEY.pem]
# BUILT is what build.sh has left, MANUAL-GENERATOR swift-argument-parser's generate-manual. The same inputs make the same
# bytes; the times in them are that of the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
built=$(realpath "${1:?usage: package.sh BUILT MANUAL-GENERATOR OUT [KEY.pem]}")
generator=$(realpath "$2") out=$3 key=${4:+$(realpath "$4")}
binary=$built/cleave

version=$("$binary" --version)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
name=cleave-$version-linux-$architecture
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tree as it is installed.
root=$work/root
install -D -m 755 "$binary" "$root/usr/bin/cleave"
mkdir -p "$root/usr/share/man/man1"
# The pages are of the day on which the commit was made.
"$generator" --multi-page --date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)" \
  --output-directory "$root/usr/share/man/man1" "$binary"
gzip -9 -n "$root"/usr/share/man/man1/*
completions() {
  mkdir -p "$(dirname "$root/usr/share/$2")"
  "$binary" --generate-completion-script "$1" > "$root/usr/share/$2"
}
completions bash bash-completion/completions/cleave
completions zsh zsh/vendor-completions/_cleave
completions fish fish/vendor_completions.d/cleave.fish
install -D -m 644 LICENSE "$root/usr/share/doc/cleave/copyright"
install -D -m 644 CHANGELOG.md "$root/usr/share/doc/cleave/changelog"
gzip -9 -n "$root/usr/share/doc/cleave/changelog"
python3 tools/release/sbom.py "$binary" --pins tools/release/pins.json --graph "$built/graph.json" --version "$version" \
  --time "$SOURCE_DATE_EPOCH" -o "$root/usr/share/doc/cleave/sbom.cdx.json"
chmod -R u=rwX,go=rX "$root"

mkdir -p "$out"
cp "$root/usr/share/doc/cleave/sbom.cdx.json" "$out/$name.sbom.cdx.json"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
  --transform "s,^\./usr,$name," -C "$root" -c ./usr | gzip -9 -n > "$out/$name.tar.gz"

# The shared libraries that it names, as Debian packages.
mkdir -p "$work/debian"
printf 'Source: cleave\n\nPackage: cleave\nArchitecture: any\n' > "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "root/usr/bin/cleave" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
mkdir "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: cleave
Version: $version
Architecture: $architecture
Maintainer: The maintainers of cleave <cleave@localhost>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: $depends
Section: science
Priority: optional
Description: split a language model between an edge device and a cloud
 Takes a checkpoint (safetensors or GGUF), trains and calibrates early exits,
 quantizes, and writes a bundle for the edge and one for the cloud; runs,
 serves and verifies both.
CONTROL
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
chmod 644 "$root"/DEBIAN/*
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/cleave_${version}_$architecture.deb" > /dev/null

cd "$out"
sha256sum -- "$name.tar.gz" "$name.sbom.cdx.json" "cleave_${version}_$architecture.deb" > "$name.SHA256SUMS"
rm -f "$name.SHA256SUMS.sig"
if [ -n "$key" ]; then
  openssl dgst -sha256 -sign "$key" -out "$name.SHA256SUMS.sig" "$name.SHA256SUMS"
fi
ls -l -- "$name".* "cleave_${version}_$architecture.deb"
