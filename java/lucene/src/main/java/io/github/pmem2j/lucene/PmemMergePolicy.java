package io.github.pmem2j.lucene;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;

/**
 * Keeps segments with bad files out of merges: a merge reads all of its segments, and one that
 * fails closes the {@code IndexWriter}. Documents of such a segment can still be deleted and
 * updated. Once its files are repaired, it is merged like any other.
 *
 * <p>{@link #keptOut} lists the segments that are kept out, as does the writer's {@code InfoStream}
 * as component {@value #COMPONENT}. Thread-safe. A segment that goes bad after its merge was
 * selected still fails the merge.
 */
public final class PmemMergePolicy extends FilterMergePolicy {
  /** The component of {@code InfoStream} messages about segments that are kept out. */
  public static final String COMPONENT = "PMEM";

  private final PmemDirectory directory;
  private volatile Map<String, Set<String>> keptOut = Map.of();

  /**
   * Wraps a merge policy.
   *
   * @param in selects merges among the segments that have no bad file
   * @param directory the directory of the index
   */
  public PmemMergePolicy(MergePolicy in, PmemDirectory directory) {
    super(Objects.requireNonNull(in, "in"));
    this.directory = Objects.requireNonNull(directory, "directory");
  }

  /**
   * The segments that were kept out of the last selection of merges.
   *
   * @return the name of each with the names of its bad files; sorted
   */
  public Map<String, Set<String>> keptOut() {
    return keptOut;
  }

  @Override
  public MergeSpecification findMerges(
      MergeTrigger trigger, SegmentInfos infos, MergeContext context) throws IOException {
    return in.findMerges(trigger, healthy(infos, context), context);
  }

  @Override
  public MergeSpecification findForcedMerges(
      SegmentInfos infos,
      int maxSegmentCount,
      Map<SegmentCommitInfo, Boolean> segmentsToMerge,
      MergeContext context)
      throws IOException {
    SegmentInfos healthy = healthy(infos, context);
    Map<SegmentCommitInfo, Boolean> toMerge = new HashMap<>(segmentsToMerge);
    toMerge.keySet().retainAll(healthy.asList());
    return in.findForcedMerges(healthy, maxSegmentCount, toMerge, context);
  }

  @Override
  public MergeSpecification findForcedDeletesMerges(SegmentInfos infos, MergeContext context)
      throws IOException {
    return in.findForcedDeletesMerges(healthy(infos, context), context);
  }

  @Override
  public MergeSpecification findFullFlushMerges(
      MergeTrigger trigger, SegmentInfos infos, MergeContext context) throws IOException {
    return in.findFullFlushMerges(trigger, healthy(infos, context), context);
  }

  /** The segments that may be merged: the same objects, by which the writer knows them. */
  private SegmentInfos healthy(SegmentInfos infos, MergeContext context) throws IOException {
    SegmentInfos healthy = new SegmentInfos(infos.getIndexCreatedVersionMajor());
    Map<String, Set<String>> bad = new TreeMap<>();
    for (SegmentCommitInfo info : infos) {
      Set<String> badFiles = directory.badFiles(info.files()).keySet();
      if (badFiles.isEmpty()) {
        healthy.add(info);
      } else {
        bad.put(info.info.name, badFiles);
      }
    }
    keptOut = bad;
    if (!bad.isEmpty() && context.getInfoStream().isEnabled(COMPONENT)) {
      context.getInfoStream().message(COMPONENT, "kept out of merges, for their bad files: " + bad);
    }
    return healthy;
  }
}
