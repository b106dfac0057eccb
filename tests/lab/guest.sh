#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Process 1 of the emulated machine (lab.sh): brings up udev with the project's rules and hardware database, loads the
# gadget drivers, runs each part as a process of its own and leaves. Not for judging: the parts print points.
# Invariant: the machine ends, whatever a part does.
top=$1
build=$2
shift 2
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
export YIMEN_DATA="$top/data" YIMEN_LIBEXEC="$build/src/helpers" YIMEN_LAB_SITE="$top/tests/lab/site.json"
export YIMEN_CLI="$build/src/cli/yimen" HOME=/tmp
stty -F /dev/ttyS1 -opost
exec </dev/null >/dev/ttyS1 2>/dev/ttyS0
finish() {
	echo "lab over"
	sleep 1
	# Restarting is leaving (qemu's -no-reboot); the first process must not end before.
	mkfifo /run/never
	echo b >/proc/sysrq-trigger
	read -r _ <>/run/never
}
trap finish EXIT

echo "# Linux $(uname -r), $(nproc) processors in software emulation, up $(cut -d' ' -f1 /proc/uptime) s"
mkdir -p /run/udev/rules.d /etc/udev
cp "$top"/data/udev/rules.d/*.rules /run/udev/rules.d/
cp "$build-vm/hwdb/etc/udev/hwdb.bin" /etc/udev/hwdb.bin
mount -t devpts p /dev/pts 2>/dev/null || { mkdir -p /dev/pts && mount -t devpts p /dev/pts; }
mkdir -p /dev/shm && mount -t tmpfs t /dev/shm
/usr/lib/systemd/systemd-udevd --daemon || { echo "not ok - udev did not start"; exit 1; }
udevadm trigger --action=add
udevadm settle --timeout=120
echo "# udev up at $(cut -d' ' -f1 /proc/uptime) s"

for module in dummy_hcd libcomposite cdc_acm usblp usbhid hid_generic evdev usb_f_acm usb_f_fs usb_f_hid; do
	modprobe "$module" || echo "# this kernel has no $module"
done
mount -t configfs c /sys/kernel/config
echo "# gadgets at $(cut -d' ' -f1 /proc/uptime) s"

[ $# -gt 0 ] || set -- serial bulk hid wedge codes receipt camera pad
for part; do
	timeout -k 5 150 "$build/tests/lab/yimen-lab" "$part"
	code=$?
	case $code in
	0 | 1) ;;
	124 | 137) echo "not ok - $part: it did not end in time" ;;
	*) echo "not ok - $part: the program ended with $code" ;;
	esac
	udevadm settle --timeout=20
done
