#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# The kernel lab (./run lab): the drivers against Debian's own kernel, real udev and gadgets, in software emulation. This is
# the host's side: it fetches the kernel, makes a small initrd, boots, and counts what guest.sh prints. No root needed.
# Not a part of ./run test: a run takes minutes. Invariant: what cannot run is said and counted, never passed over.
#   lab.sh BUILD-FOLDER [PART...]      parts: serial bulk hid wedge codes receipt camera pad
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
shift
vm=$build-vm
memory=768
limit=${YIMEN_LAB_SECONDS:-900}
cpus=${YIMEN_LAB_CPUS:-2}
PATH=$PATH:/usr/sbin:/sbin

skip_all() {
	printf 'SKIPPED, NOTHING WAS TRIED ON A REAL KERNEL: %s\n' "$*"
	say_sum 0 0 1
	exit 0
}
say_sum() { printf '%s passed, %s failed, %s skipped\n' "$1" "$2" "$3"; }

for program in qemu-system-x86_64 busybox cpio zstd modprobe depmod systemd-hwdb udevadm apt-get apt-cache dpkg-deb; do
	command -v "$program" >/dev/null || skip_all "there is no $program on this machine"
done
[ "$(uname -m)" = x86_64 ] || skip_all "the lab boots an amd64 kernel; this machine is $(uname -m)"
file -L "$(command -v busybox)" 2>/dev/null | grep -q 'dynamically' && skip_all "busybox is not static (package busybox-static)"

# The kernel, once for each version.
mkdir -p "$vm"
cd "$vm"
package=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends/ && $2 ~ /^linux-image-/ { print $2; exit }')
[ -n "$package" ] || skip_all "the package lists do not know linux-image-amd64 (apt-get update)"
release=${package#linux-image-}
if [ ! -e "kernel-$release/complete" ]; then
	printf 'Fetching %s ...\n' "$package"
	rm -rf kernel-* ./*.deb
	apt-get download -q "$package" >fetch.log 2>&1 || { tail -n 3 fetch.log; skip_all "the package mirror does not give $package"; }
	dpkg-deb -x "$package"_*.deb "kernel-$release"
	rm -f ./*.deb
	depmod -b "kernel-$release" "$release"
	touch "kernel-$release/complete"
fi
kernel=$vm/kernel-$release

# The project's hardware database, and what a site adds for the chip inside its own reader, compiled as systemd-hwdb does.
rm -rf hwdb initrd.d
mkdir -p hwdb/usr/lib/udev hwdb/etc/udev/hwdb.d
ln -s usr/lib hwdb/lib
cp -r /usr/lib/udev/hwdb.d hwdb/usr/lib/udev/
cp "$top"/data/udev/hwdb.d/*.hwdb "$top"/tests/lab/61-site.hwdb hwdb/etc/udev/hwdb.d/
systemd-hwdb --root="$vm/hwdb" update

# An initrd that mounts this machine's root (read-only, over 9p) under a scratch layer and goes there.
mkdir -p initrd.d/bin initrd.d/mods initrd.d/proc initrd.d/sys initrd.d/dev initrd.d/low initrd.d/scratch initrd.d/whole
cp "$(command -v busybox)" initrd.d/bin/busybox
n=100
for module in virtio_pci 9pnet_virtio 9p overlay; do
	modprobe -d "$kernel" -S "$release" --show-depends "$module"
done | awk '/^insmod/ && !seen[$2]++ { print $2 }' >modules
while read -r module; do
	cp "$module" "initrd.d/mods/$n-${module##*/}"
	n=$((n + 1))
done <modules
cat >initrd.d/init <<INIT
#!/bin/busybox sh
b=/bin/busybox
\$b mount -t proc p /proc
\$b mount -t sysfs s /sys
\$b mount -t devtmpfs d /dev
for m in /mods/*; do \$b insmod \$m; done
\$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,ro,cache=loose root /low || exec \$b poweroff -f
\$b mount -t tmpfs t /scratch
\$b mkdir /scratch/up /scratch/work
\$b mount -t overlay -o lowerdir=/low,upperdir=/scratch/up,workdir=/scratch/work o /whole || exec \$b poweroff -f
\$b mkdir -p /whole/usr/lib/modules /whole/dev /whole/proc /whole/sys /whole/run /whole/tmp
[ -e /whole/lib ] || \$b ln -s usr/lib /whole/lib
\$b mount --bind /low$kernel/lib/modules /whole/usr/lib/modules
\$b mount -t tmpfs t /whole/run
for d in dev proc sys; do \$b mount --move /\$d /whole/\$d; done
exec \$b switch_root /whole /bin/sh $top/tests/lab/guest.sh $top $build $*
INIT
chmod +x initrd.d/init
(cd initrd.d && find . | cpio -o -H newc 2>/dev/null) | zstd -q -1 -f -o initrd

# Points come by the second serial line; the first is the kernel's.
printf 'Booting %s in emulation ...\n' "$release"
started=$(date +%s)
rm -f result
timeout "$limit" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m "$memory" -smp "$cpus" -M q35 -nographic -nodefaults \
	-no-reboot -serial file:console.log -serial stdio -kernel "$kernel/boot/vmlinuz-$release" -initrd initrd \
	-append "console=ttyS0 quiet panic=-1" \
	-virtfs local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap </dev/null 2>qemu.log |
	tr -d '\r' | tee result || :
printf '# %s seconds in all\n' $(($(date +%s) - started))
count() { grep -c "^$1 - " result || :; }
failed=$(count 'not ok')
if ! grep -q '^lab over$' result; then
	printf 'not ok - the emulated machine did not come to the end (%s s at most; %s/console.log, qemu.log)\n' "$limit" "$vm"
	tail -n 5 qemu.log console.log
	failed=$((failed + 1))
fi
say_sum "$(count ok)" "$failed" "$(count skip)"
[ "$failed" = 0 ]
