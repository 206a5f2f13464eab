/* SPDX-License-Identifier: Apache-2.0 */
/* ELF symbol look-up by a linear walk over a mapped file. */
#include "exporter/symbol.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NATIVE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

bool symbol_open(const char *path, struct symbol_file *ret)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	void *memory = MAP_FAILED;
	struct stat status;

	if (descriptor < 0)
		return false;
	if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    (uint64_t)status.st_size <= SYMBOL_FILE_MAX)
		memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	else
		errno = EINVAL;
	close(descriptor);
	if (memory == MAP_FAILED)
		return false;
	ret->image = slice_of(memory, (size_t)status.st_size);
	return true;
}

void symbol_close(struct symbol_file *file)
{
	if (file->image.size > 0)
		munmap((void *)(uintptr_t)file->image.data, file->image.size);
	file->image = slice_of(NULL, 0);
}

/* ---- bounds-checked views; fields are copied, since nothing promises their alignment ---- */

static bool part_of(struct slice image, uint64_t offset, uint64_t size, struct slice *ret)
{
	if (offset > image.size || size > image.size - offset)
		return false;
	*ret = slice_of(image.data + offset, (size_t)size);
	return true;
}

static bool header_of(struct slice image, Elf64_Ehdr *ret)
{
	if (image.size < sizeof(*ret))
		return false;
	memcpy(ret, image.data, sizeof(*ret));
	return memcmp(ret->e_ident, ELFMAG, SELFMAG) == 0 &&
	       ret->e_ident[EI_CLASS] == ELFCLASS64 && ret->e_ident[EI_DATA] == NATIVE_ORDER &&
	       (ret->e_type == ET_EXEC || ret->e_type == ET_DYN);
}

/* The table of section headers; more than 65279 sections have their number in the first one. */
static bool sections_of(struct slice image, const Elf64_Ehdr *header, struct slice *ret)
{
	uint64_t count = header->e_shnum;
	Elf64_Shdr first;

	if (header->e_shoff > image.size || image.size - header->e_shoff < sizeof(first) ||
	    header->e_shentsize != sizeof(first))
		return false;
	memcpy(&first, image.data + header->e_shoff, sizeof(first));
	if (count == 0)
		count = first.sh_size;
	if (count > image.size / sizeof(first))
		return false;
	return part_of(image, header->e_shoff, count * sizeof(first), ret);
}

static bool section_at(struct slice sections, uint64_t index, Elf64_Shdr *ret)
{
	if (index >= sections.size / sizeof(*ret))
		return false;
	memcpy(ret, sections.data + index * sizeof(*ret), sizeof(*ret));
	return true;
}

struct symbols {
	struct slice table, names;
};

/* The symbols of the first section of @type, with their names. */
static bool symbols_of(struct slice image, struct slice sections, uint32_t type,
		       struct symbols *ret)
{
	Elf64_Shdr section, names;

	for (uint64_t i = 0; section_at(sections, i, &section); i++)
		if (section.sh_type == type && section.sh_entsize == sizeof(Elf64_Sym))
			return section_at(sections, section.sh_link, &names) &&
			       names.sh_type == SHT_STRTAB &&
			       part_of(image, section.sh_offset, section.sh_size, &ret->table) &&
			       part_of(image, names.sh_offset, names.sh_size, &ret->names);
	return false;
}

/* A name inside the string table, with its end. */
static bool name_at(struct slice names, uint64_t offset, struct slice *ret)
{
	struct slice rest = slice_after(names, offset < names.size ? (size_t)offset : names.size);
	const uint8_t *end = rest.size > 0 ? memchr(rest.data, 0, rest.size) : NULL;

	if (!end || end == rest.data)
		return false;
	*ret = slice_of(rest.data, (size_t)(end - rest.data));
	return true;
}

/* ---- look-up ---- */

static bool symbol_is_function(const Elf64_Sym *symbol)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC);
}

/*
 * Of two functions that hold the address: the one that begins later, then the one with more
 * binding.
 */
static bool symbol_better(const Elf64_Sym *symbol, const Elf64_Sym *than)
{
	if (symbol->st_value != than->st_value)
		return symbol->st_value > than->st_value;
	return ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL &&
	       ELF64_ST_BIND(than->st_info) != STB_GLOBAL;
}

static bool find_in(const struct symbols *symbols, uint64_t address, struct slice *ret)
{
	size_t count = symbols->table.size / sizeof(Elf64_Sym);
	Elf64_Sym best = { 0 };
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		Elf64_Sym symbol;

		memcpy(&symbol, symbols->table.data + i * sizeof(symbol), sizeof(symbol));
		if (symbol.st_value > address || address - symbol.st_value >= symbol.st_size ||
		    !symbol_is_function(&symbol) || (found && !symbol_better(&symbol, &best)))
			continue;
		best = symbol;
		found = true;
	}
	return found && name_at(symbols->names, best.st_name, ret);
}

/* Where a fixed-address program is mapped: the first loaded segment's address; 0 for others. */
static uint64_t fixed_base(struct slice image, const Elf64_Ehdr *header)
{
	Elf64_Phdr segment;
	struct slice bytes;

	if (header->e_type != ET_EXEC || header->e_phentsize != sizeof(segment))
		return 0;
	for (uint64_t i = 0; i < header->e_phnum; i++) {
		if (header->e_phoff > image.size ||
		    !part_of(image, header->e_phoff + i * sizeof(segment), sizeof(segment), &bytes))
			return 0;
		memcpy(&segment, bytes.data, sizeof(segment));
		if (segment.p_type == PT_LOAD)
			return segment.p_vaddr;
	}
	return 0;
}

bool symbol_find(struct slice image, uint64_t offset, struct slice *ret)
{
	uint64_t address = offset - 1, base;
	struct symbols symbols;
	struct slice sections;
	Elf64_Ehdr header;

	if (offset == 0 || !header_of(image, &header) || !sections_of(image, &header, &sections))
		return false;
	base = fixed_base(image, &header);
	if (address < base)
		address += base;
	if (symbols_of(image, sections, SHT_SYMTAB, &symbols))
		return find_in(&symbols, address, ret);
	return symbols_of(image, sections, SHT_DYNSYM, &symbols) &&
	       find_in(&symbols, address, ret);
}
