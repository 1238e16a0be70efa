package io.metawal.testkit.image;

import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.MemoryImage;

class MemoryImageTest extends ImageContract {
    @Override
    protected Image open() {
        return new MemoryImage();
    }
}
