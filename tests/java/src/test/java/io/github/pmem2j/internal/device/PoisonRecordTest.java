package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoisonRecordTest {
  /** As Linux 6.12 prints it. */
  static final String LINE =
      "cxl_poison: memdev=mem0 host=0000:0d:00.0 serial=1000 trace_type=List region=region0"
          + " region_uuid=924ad657-449b-4101-a734-6d3b70fa2c02 hpa=0x150205000 dpa=0x205000"
          + " dpa_length=0x100 source=Internal flags= overflow_time=0";

  private static final String UNMAPPED =
      "cxl_poison: memdev=mem1 host=cxl_mem.1 serial=-1 trace_type=List region="
          + " region_uuid=00000000-0000-0000-0000-000000000000 hpa=0xffffffffffffffff dpa=0x0"
          + " dpa_length=0x40 source=Unknown flags=More|Scanning overflow_time=1700000000";

  @Test
  void whatTheKernelPrints() throws PoisonRecord.MalformedException {
    assertEquals(
        new PoisonRecord("mem0", true, "region0", 0x150205000L, 0x205000, 0x100, List.of()),
        PoisonRecord.parse(LINE));
    assertEquals(
        new PoisonRecord(
            "mem1", true, "", PoisonRecord.NO_HPA, 0, 0x40, List.of("More", "Scanning")),
        PoisonRecord.parse(UNMAPPED));
  }

  @Test
  void aNotificationOfAnInjectionIsNotOneOfTheList() throws PoisonRecord.MalformedException {
    for (String type : List.of("Inject", "Clear")) {
      String line = LINE.replace("trace_type=List", "trace_type=" + type);
      assertEquals(false, PoisonRecord.parse(line).listed());
    }
  }

  /** As Linux 6.17 has one more. */
  @Test
  void fieldsThatAreNotKnown() throws PoisonRecord.MalformedException {
    assertEquals(
        PoisonRecord.parse(LINE),
        PoisonRecord.parse(LINE.replace(" dpa=", " hpa_alias0=0x250205000 dpa=")));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "'cxl_poison: ', ''",
        "'cxl_poison: ', 'cxl_poison:  '",
        "'cxl_poison: ', 'cxl_dram: '",
        "'cxl_poison: ', ' cxl_poison: '",
        "'memdev=mem0 ', ''",
        "'memdev=mem0', 'memdev='",
        "'memdev=mem0', 'memdev=../mem0'",
        "'memdev=mem0', 'memdev=mem0 memdev=mem1'",
        "'memdev=mem0', 'memdev=mem0123456789'",
        "'region=region0', 'region=decoder0.0'",
        "'trace_type=List ', ''",
        "'trace_type=List', 'trace_type='",
        "'trace_type=List', 'trace_type=0x7'",
        "' dpa=', ' DPA='",
        "'0x205000', '205000'",
        "'0x205000', '0x'",
        "'0x205000', '0x20500g'",
        "'0x205000', '-0x205000'",
        "'0x205000', '0x10000000000001'",
        "'0x205000', '0x8000000000205000'",
        "'0x205000', '0xfffffffffffffff00'",
        "'0x205000', '0xfffffffffff40'",
        "'dpa_length=0x100', 'dpa_length=0x0'",
        "'dpa_length=0x100', 'dpa_length=0xffffffffffffffff'",
        "'hpa=0x150205000', 'hpa=0xfffffffffffffffe'",
        "'hpa=0x150205000 ', ''",
        "'flags= ', ''",
        "'flags=', 'flags=|'",
        "'flags=', 'flags=More|'",
        "'overflow_time=0', 'overflow_time=0 '",
        "'overflow_time=0', 'overflow_time'",
        "' source', '  source'",
        "' source', '\u0000source'",
        "'Internal', 'Inter\u00e9nal'",
      })
  void anythingElseIsMalformed(String from, String to) {
    String line = LINE.replaceFirst(Pattern.quote(from), to);
    assertThrows(PoisonRecord.MalformedException.class, () -> PoisonRecord.parse(line), line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cxl_poison:",
        "#",
        "CPU:0 [LOST 5 EVENTS]",
        " => cxl_mem_get_poison",
        "            bash-123     [000] .....   100.123456: cxl_poison: memdev=mem0"
      })
  void otherLinesAreMalformed(String line) {
    assertThrows(PoisonRecord.MalformedException.class, () -> PoisonRecord.parse(line));
  }
}
