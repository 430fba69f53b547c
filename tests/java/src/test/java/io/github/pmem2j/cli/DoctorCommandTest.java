package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import io.github.pmem2j.internal.jni.Platform;
import io.github.pmem2j.testkit.DoctorSysfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

@Tag("slow")
class DoctorCommandTest {
  @TempDir(factory = TempDirFactory.Standard.class)
  private Path directory;

  private DoctorSysfs sysfs;

  @BeforeEach
  void makeEmptyTree() throws IOException {
    sysfs = new DoctorSysfs(directory);
  }

  private Result doctor(String... options) throws IOException {
    List<Object> args = new ArrayList<>(List.of("doctor", "--sysfs", directory));
    args.addAll(List.of(options));
    return FatJar.run(args.toArray());
  }

  @Test
  void saysWhatWasLoadedFromWhere() throws IOException {
    Result result = FatJar.run("doctor");
    assertEquals("", result.err());
    assertEquals(ExitCodes.OK, result.code());
    for (String line :
        List.of(
            "platform        " + Platform.name(),
            "kernel          Linux ",
            "JVM             ",
            "native library  META-INF/natives/" + Platform.name() + "/libpmem2j.so of the jar",
            "libndctl        /")) {
      assertTrue(result.out().contains("\n" + line), line + " in:\n" + result.out());
    }
  }

  @Test
  void noPersistentMemory() throws IOException {
    Result result = doctor();
    assertTrue(result.out().contains("The kernel shows no persistent memory."), result.out());
    assertTrue(result.out().contains("modprobe"), result.out());
    assertEquals(ExitCodes.OK, result.code(), "the libraries work");
  }

  @Test
  void showsDevicesAndTheirBadRanges() throws IOException {
    sysfs.region(0, "8 1\n100 2").disk(0, "memory", "8 1").region(1, "").daxDevice(1);
    Result result = doctor();
    for (String line :
        List.of(
            "region          region0, 536870912 bytes (512.0 MiB), 2 bad ranges",
            "region          region1, 536870912 bytes (512.0 MiB), 0 bad ranges",
            "namespace       namespace0.0 (fsdax), 536870912 bytes (512.0 MiB), pmem0",
            "namespace       namespace1.0 (devdax), 536870912 bytes (512.0 MiB), dax1.0",
            "disk            pmem0, 536870912 bytes (512.0 MiB), 1 bad range, scrubbed 1 time",
            "dax device      dax1.0, 33554432 bytes (32.0 MiB), scrubbed 1 time",
            "readable        resource of region0, region1, pfn0.0, namespace0.0, dax1.1, namespace1.0",
            "readable        badblocks of region0, region1, pmem0",
            "No problems.")) {
      assertTrue(result.out().contains(line + "\n"), line + " in:\n" + result.out());
    }
  }

  @Test
  void showsWhoFillsTheLists() throws IOException {
    sysfs.region(0, "").disk(0, "memory", "");
    for (String scrub : List.of("0+", "2+")) {
      sysfs.file("devices/platform/e820_pmem/ndbus0/nfit/scrub", scrub);
      String scrubbed = "scrubbed " + scrub.charAt(0) + " times, a scrub is running\n";
      assertTrue(doctor().out().contains("0 bad ranges, " + scrubbed), scrubbed);
    }
    sysfs.file("devices/platform/e820_pmem/ndbus0/region0/devtype", "nd_volatile");
    assertTrue(doctor().out().contains("0 bad ranges, nothing looks for errors\n"), "volatile");
    Path nfit = sysfs.root().resolve("devices/platform/e820_pmem/ndbus0/nfit");
    Files.delete(nfit.resolve("scrub"));
    assertTrue(doctor().out().contains("not scrubbed, errors listed once consumed\n"));
    Files.delete(nfit);
    assertTrue(doctor().out().contains("0 bad ranges, nothing looks for errors\n"));
    assertTrue(
        doctor("--json").out().contains("\"source\":{\"device\":\"pmem0\",\"kind\":\"NOBODY\"}"));
  }

  @Test
  void resourcesAreRootsOnly() throws IOException {
    sysfs.region(0, "").daxDevice(0);
    for (String device : List.of("region0", "namespace0.0", "dax0.1")) {
      sysfs.deny("bus/nd/devices/" + device + "/resource");
    }
    Result result = asNobody();
    assertTrue(
        result.out().contains("UNREADABLE      resource of region0, dax0.1, namespace0.0\n"),
        result.out() + result.err());
    assertTrue(result.out().contains("1 problem:"), result.out());
    assertTrue(result.out().contains("PMEM2_E_CANNOT_READ_BOUNDS"), result.out());
    assertTrue(result.out().contains("CAP_DAC_READ_SEARCH"), result.out());
    assertEquals(ExitCodes.OK, result.code(), "the libraries work");
  }

  @Test
  void otherDenialsAreListed() throws IOException {
    sysfs.region(0, "").deny("bus/nd/devices/region0/badblocks");
    sysfs.deny("bus/nd/devices/region0/resource");
    Result result = asNobody();
    assertTrue(
        result.out().contains("cannot read resource of region0; badblocks of region0."),
        result.out() + result.err());
  }

  /** Root may read everything, so runs as somebody who may not. */
  private Result asNobody() throws IOException {
    Path jar = Files.copy(FatJar.path(), directory.resolve("pmem2j.jar"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>();
    if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    command.addAll(List.of(java, "-jar", jar.toString(), "doctor", "--sysfs", directory + ""));
    return FatJar.execute(Map.of("LD_LIBRARY_PATH", ""), command);
  }

  @Test
  void aDisabledRegionIsNotAPermissionProblem() throws IOException {
    sysfs.region(0, "").disk(0, "memory", "").broken("bus/nd/devices/region0/badblocks");
    Result result = doctor();
    assertTrue(
        result.out().contains("The kernel does not report badblocks of region0: "), result.out());
    assertTrue(result.out().contains("ndctl list -i"), result.out());
    assertFalse(result.out().contains("UNREADABLE"), result.out());
  }

  @Test
  void whatLibpmem2DoesNotFindIsReported() throws IOException {
    sysfs.region(0, "").disk(0, "memory", "").region(1, "").disk(1, "safe", "");
    sysfs.otherDaxDevice("dax5.0").file("block/pmem0/pmem0p1/start", "2048");
    sysfs.file("block/pmem1/badblocks", "1 1\n".repeat(512).strip());
    Result result = doctor();
    for (String text :
        List.of(
            "4 problems:",
            "pmem0 carries pmem0p1",
            "namespace1.0 is in sector mode",
            "Use the command status, which shows the list of the device.",
            "dax5.0 is not on the NVDIMM bus",
            "Use the command scan, which reads the poison list of CXL devices",
            "pmem1: the kernel's list of bad ranges is full")) {
      assertTrue(result.out().contains(text), text + " in:\n" + result.out());
    }
  }

  @Test
  void regionWithoutNamespace() throws IOException {
    assertTrue(
        sysfs.region(0, "").equals(sysfs) && doctor().out().contains("ndctl create-namespace"));
  }

  @Test
  void jsonIsOneObject() throws IOException {
    sysfs.region(0, "8 1").disk(0, "memory", "8 1");
    Result result = doctor("--json");
    assertEquals(1, result.lines().size());
    for (String text :
        List.of(
            "{\"works\":true,\"software\":{\"pmem2j\":\"",
            "\"platform\":\"" + Platform.name() + "\"",
            "\"native\":{\"from\":\"META-INF",
            "\"libndctl\":{\"from\":\"/",
            "\"regions\":[{\"name\":\"region0\",\"size\":536870912,\"badRanges\":{\"count\":1,\"complete\":true}}]",
            "\"namespaces\":[{\"name\":\"namespace0.0\",\"mode\":\"fsdax\",\"size\":536870912,\"device\":\"pmem0\"}]",
            "\"daxDevices\":[]",
            "\"problems\":[]}")) {
      assertTrue(result.out().contains(text), text + " in:\n" + result.out());
    }
  }

  @Test
  void missingLibndctlIsAProblemWithARemedy() throws IOException {
    Files.writeString(directory.resolve("libndctl.so.6"), "not a library");
    Result result =
        FatJar.run(Map.of("LD_LIBRARY_PATH", directory.toString()), List.of(), "doctor");
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.out().contains("libndctl        NOT WORKING, see below"), result.out());
    for (String name : List.of("libndctl6", "ndctl-libs", "SUSE")) {
      assertTrue(result.out().contains(name), name + " in:\n" + result.out());
    }
  }

  @Test
  void nativeThatDoesNotLoadIsAProblemWithItsTrueCause() throws IOException {
    Path library = Files.writeString(directory.resolve("lib.so"), "not a library");
    List<String> options = List.of("-Dio.github.pmem2j.library=" + library);
    Result result = FatJar.run(Map.of(), options, "doctor", "--sysfs", directory);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.out().contains("native library  NOT WORKING, see below"), result.out());
    assertTrue(
        result.out().contains("file too short") || result.out().contains("ELF"), result.out());
    assertFalse(result.out().contains("\tat "), result.out());
  }
}
