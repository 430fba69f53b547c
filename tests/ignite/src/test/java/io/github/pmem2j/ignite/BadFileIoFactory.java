package io.github.pmem2j.ignite;

import io.github.pmem2j.ByteRange;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import org.apache.ignite.internal.processors.cache.persistence.file.FileIO;
import org.apache.ignite.internal.processors.cache.persistence.file.FileIODecorator;
import org.apache.ignite.internal.processors.cache.persistence.file.FileIOFactory;
import org.apache.ignite.internal.processors.cache.persistence.file.RandomAccessFileIOFactory;

/** Ignite's file I/O, in which reads of a range of a file fail as those of a bad block do. */
final class BadFileIoFactory implements FileIOFactory {
  private static final long serialVersionUID = 1L;

  private final FileIOFactory disk = new RandomAccessFileIOFactory();
  private transient volatile Path badFile;
  private transient volatile ByteRange badRange;

  void damage(Path file, ByteRange range) {
    badRange = range;
    badFile = file;
  }

  @Override
  public FileIO create(File file, OpenOption... modes) throws IOException {
    return new FileIODecorator(disk.create(file, modes)) {
      @Override
      public int read(ByteBuffer target, long position) throws IOException {
        if (file.toPath().equals(badFile)
            && badRange.intersects(new ByteRange(position, target.remaining()))) {
          throw new IOException("Input/output error");
        }
        return super.read(target, position);
      }
    };
  }
}
