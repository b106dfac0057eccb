# SPDX-License-Identifier: MulanPSL-2.0
# Writes SQL files, joined in order, as one C string constant: embed.py SYMBOL OUT.c FILE.sql...
import sys

symbol, out, *files = sys.argv[1:]
with open(out, 'w', encoding='utf-8') as c:
    c.write(f'extern const char {symbol}[];\nconst char {symbol}[] =\n')
    for name in files:
        for line in open(name, encoding='utf-8'):
            text = line.rstrip('\n').replace('\\', '\\\\').replace('"', '\\"')
            c.write(f'\t"{text}\\n"\n')
    c.write('\t;\n')
