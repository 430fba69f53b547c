import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts libpmem2's copy routines out of its archive: {@code java TrimArchive.java IN.a OUT.a}.
 *
 * <p>They are five sixths of the code on x86-64, 250 kB, and no code for bad blocks calls them; but
 * the archive is one object with one {@code .text}, which a linker includes as a whole or not at
 * all. The routines are at its end. So the section, its relocations and its unwind tables are cut
 * before them, and their symbols, which libpmem2 stores in a table when it is loaded, are set to an
 * instruction that traps. Sections only become shorter; nothing moves.
 *
 * <p>Every assumption is checked. An object with another layout, or for another processor, is
 * copied unchanged.
 */
final class TrimArchive {
  /** Names such as memmove_movnt_avx512f_clwb. */
  private static final Pattern ROUTINE = Pattern.compile("mem(move|set)_mov.*");

  private static final String ARCHIVE_MAGIC = "!<arch>\n";
  private static final int MEMBER_HEADER = 60;
  private static final int MACHINE_X86_64 = 62;
  private static final int TYPE_RELOCATABLE = 1;
  private static final int SYMTAB = 2;
  private static final int RELA = 4;
  private static final int SYMBOL_SIZE = 24;
  private static final int RELA_SIZE = 24;
  private static final int SYMBOL_TYPE_SECTION = 3;

  /** UD2 instructions that fill what is kept of the first routine. */
  private static final byte[] TRAP = {0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b};

  /** The fields of a section header; {@code header} is its offset in the file. */
  private record Section(
      int index, String name, int type, int offset, int size, int link, int info, int header) {}

  private static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String why) {
      super(why);
    }
  }

  private final ByteBuffer elf;
  private final List<Section> sections = new ArrayList<>();

  private TrimArchive(byte[] content) throws Unfit {
    elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    require(elf.getInt(0) == 0x464c457f && elf.getShort(16) == TYPE_RELOCATABLE, "not an object");
    require(elf.getShort(18) == MACHINE_X86_64, "not for x86-64");
    int table = (int) elf.getLong(40);
    int count = elf.getShort(60);
    int names = section(table, elf.getShort(62), 0).offset();
    for (int i = 0; i < count; i++) {
      sections.add(section(table, i, names));
    }
  }

  public static void main(String[] args) throws IOException {
    byte[] archive = Files.readAllBytes(Path.of(args[0]));
    int at = ARCHIVE_MAGIC.length();
    while (at < archive.length) {
      String header = new String(archive, at, MEMBER_HEADER, StandardCharsets.US_ASCII);
      String name = header.substring(0, 16).strip();
      int size = Integer.parseInt(header.substring(48, 58).strip());
      at += MEMBER_HEADER;
      if (!name.equals("/") && !name.equals("//")) {
        byte[] object = Arrays.copyOfRange(archive, at, at + size);
        try {
          new TrimArchive(object).trim();
          System.arraycopy(object, 0, archive, at, size);
        } catch (Unfit e) {
          System.out.println("libpmem2's " + name + " is left as it is: " + e.getMessage());
        }
      }
      at += size + size % 2;
    }
    Files.write(Path.of(args[1]), archive);
  }

  private void trim() throws Unfit {
    Section text = section(".text");
    Section symbols = section(".symtab");
    int cut = cutRoutines(text, symbols);
    shorten(text, cut + TRAP.length);
    elf.position(text.offset() + cut).put(TRAP);

    Section frames = section(".eh_frame");
    int framesCut = frames.size();
    for (Section rela : sections) {
      if (rela.type() == RELA && rela.info() == frames.index()) {
        framesCut = cutFrames(frames, rela, symbols, text, cut);
      }
    }
    shorten(frames, framesCut);
    for (Section rela : sections) {
      if (rela.type() == RELA) {
        int end = Integer.MAX_VALUE;
        if (rela.info() == text.index()) {
          end = cut;
        } else if (rela.info() == frames.index()) {
          end = framesCut;
        }
        cutRelocations(rela, end, symbols, text, cut);
      }
    }
  }

  /** Finds the first routine, checks that only routines follow, and sets all to its address. */
  private int cutRoutines(Section text, Section symbols) throws Unfit {
    int names = sections.get(symbols.link()).offset();
    int cut = Integer.MAX_VALUE;
    int last = 0;
    for (int at = symbols.offset(); at < symbols.offset() + symbols.size(); at += SYMBOL_SIZE) {
      if (elf.getShort(at + 6) != text.index() || (elf.get(at + 4) & 15) == SYMBOL_TYPE_SECTION) {
        continue;
      }
      int value = (int) elf.getLong(at + 8);
      if (ROUTINE.matcher(string(names + elf.getInt(at))).matches()) {
        cut = Math.min(cut, value);
      } else {
        last = Math.max(last, value + (int) elf.getLong(at + 16));
      }
    }
    require(cut != Integer.MAX_VALUE, "it has no copy routines");
    require(last <= cut, "its copy routines are not at the end");
    for (int at = symbols.offset(); at < symbols.offset() + symbols.size(); at += SYMBOL_SIZE) {
      if (elf.getShort(at + 6) == text.index() && elf.getLong(at + 8) >= cut) {
        elf.putLong(at + 8, cut).putLong(at + 16, TRAP.length);
      }
    }
    return cut;
  }

  /**
   * The start of the routines' unwind tables: the common entry (CIE) before the first entry of a
   * routine (FDE). Only entries of routines may follow.
   */
  private int cutFrames(Section frames, Section rela, Section symbols, Section text, int cut)
      throws Unfit {
    int end = frames.size();
    int common = 0;
    for (int at = 0; at < frames.size(); at += 4 + elf.getInt(frames.offset() + at)) {
      require(elf.getInt(frames.offset() + at) > 0, "its unwind tables are of an unknown kind");
      if (elf.getInt(frames.offset() + at + 4) == 0) {
        common = at;
        continue;
      }
      boolean routine = false;
      for (int r = rela.offset(); r < rela.offset() + rela.size(); r += RELA_SIZE) {
        if (elf.getLong(r) == at + 8) {
          require(isSection(symbols, elf.getInt(r + 12)), "its unwind tables refer to symbols");
          routine = sectionOf(symbols, r) == text.index() && elf.getLong(r + 16) >= cut;
        }
      }
      require(routine || end == frames.size(), "the unwind tables of its routines are not last");
      if (routine && end == frames.size()) {
        // Otherwise its file has other functions, which may call it without a relocation.
        require(
            at == common + 4 + elf.getInt(frames.offset() + common),
            "its first copy routine is not the first function of a source file");
        end = common;
      }
    }
    return end;
  }

  /** Keeps the relocations before {@code end}. */
  private void cutRelocations(Section rela, int end, Section symbols, Section text, int cut)
      throws Unfit {
    int kept = rela.offset();
    for (int at = kept; at < rela.offset() + rela.size(); at += RELA_SIZE) {
      if (elf.getLong(at) < end) {
        require(
            !isSection(symbols, elf.getInt(at + 12))
                || sectionOf(symbols, at) != text.index()
                || elf.getLong(at + 16) < cut - 16,
            rela.name() + " refers to a copy routine other than by name");
        elf.put(kept, elf.array(), at, RELA_SIZE);
        kept += RELA_SIZE;
      }
    }
    shorten(rela, kept - rela.offset());
  }

  private boolean isSection(Section symbols, int symbol) {
    return (elf.get(symbols.offset() + symbol * SYMBOL_SIZE + 4) & 15) == SYMBOL_TYPE_SECTION;
  }

  /** The section of a relocation's symbol. */
  private int sectionOf(Section symbols, int relocation) {
    return elf.getShort(symbols.offset() + elf.getInt(relocation + 12) * SYMBOL_SIZE + 6);
  }

  private void shorten(Section section, int size) {
    elf.putLong(section.header() + 32, size);
  }

  private Section section(String name) throws Unfit {
    for (Section section : sections) {
      if (section.name().equals(name)) {
        return section;
      }
    }
    throw new Unfit("it has no " + name);
  }

  private Section section(int table, int index, int names) {
    int header = table + 64 * index;
    return new Section(
        index,
        names == 0 ? "" : string(names + elf.getInt(header)),
        elf.getInt(header + 4),
        (int) elf.getLong(header + 24),
        (int) elf.getLong(header + 32),
        elf.getInt(header + 40),
        elf.getInt(header + 44),
        header);
  }

  private String string(int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, StandardCharsets.US_ASCII);
  }

  private static void require(boolean condition, String otherwise) throws Unfit {
    if (!condition) {
      throw new Unfit(otherwise);
    }
  }
}
