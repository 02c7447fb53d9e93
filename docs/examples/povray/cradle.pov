// A Newton's cradle. `clock` runs from 0 to 1 over one full swing; 0 and 1 are the same picture,
// so a loop of N frames uses clock = (frame - 1) / N, which is what clock_frames=[1, N + 1] says.
//
// The light has an area but no jitter: a frame is the same picture each time and wherever it is rendered.
#version 3.7;

global_settings {
  assumed_gamma 1
  max_trace_level 6
}

#declare Radius = 0.5;
#declare Hang = 3.2;          // length of the threads
#declare Top = 4.1;           // height of the rails
#declare Half = 1.15;         // half the distance between the rails
#declare Swing = 34;          // degrees at the end of a swing

// The left ball swings out and back in the first half, the right one in the second.
#declare Left_angle = -Swing * max(0, sin(2 * pi * clock));
#declare Right_angle = Swing * max(0, -sin(2 * pi * clock));

camera {
  location <-4.4, 3.1, -10.4>
  look_at <-0.05, 2.05, 0>
  right x * image_width / image_height
  angle 46
}

light_source {
  <-7, 12, -8>
  rgb <1.15, 1.05, 0.95>
  area_light <3, 0, 0>, <0, 0, 3>, 4, 4
  adaptive 1
  circular orient
}
light_source { <9, 6, -3> rgb <0.18, 0.24, 0.38> shadowless }

sky_sphere {
  pigment {
    gradient y
    color_map {
      [0.00 rgb <0.85, 0.60, 0.42>]
      [0.18 rgb <0.55, 0.42, 0.50>]
      [0.60 rgb <0.07, 0.11, 0.24>]
      [1.00 rgb <0.02, 0.03, 0.08>]
    }
  }
}

fog { distance 90 rgb <0.85, 0.60, 0.42> * 0.9 fog_type 2 fog_offset 0 fog_alt 1.5 }

#declare Chrome = texture {
  pigment { rgb <0.72, 0.74, 0.78> }
  finish { ambient 0 diffuse 0.18 reflection { 0.55, 0.95 fresnel off metallic } specular 0.9 roughness 0.004 }
}
#declare Brass = texture {
  pigment { rgb <0.80, 0.50, 0.16> }
  finish { ambient 0 diffuse 0.35 reflection { 0.25, 0.55 metallic } specular 0.7 roughness 0.012 metallic }
}
#declare Wood = texture {
  pigment {
    wood turbulence 0.05 octaves 3 scale <0.16, 0.16, 1.4> rotate <2, 88, 0>
    color_map {
      [0.0 rgb <0.16, 0.060, 0.022>]
      [0.6 rgb <0.26, 0.105, 0.040>]
      [1.0 rgb <0.10, 0.035, 0.014>]
    }
  }
  finish { ambient 0.02 diffuse 0.7 specular 0.25 roughness 0.03 reflection { 0.02, 0.12 } }
}

// The table.
plane {
  y, 0
  pigment { checker rgb <0.36, 0.38, 0.42> rgb <0.10, 0.11, 0.14> scale 1.6 translate <0.8, 0, 0.8> }
  finish { ambient 0.02 diffuse 0.65 reflection { 0.04, 0.30 } specular 0.15 roughness 0.02 }
}

// The foot.
box { <-3.4, 0.06, -1.7>, <3.4, 0.36, 1.7> texture { Wood } }
box { <-3.46, 0, -1.76>, <3.46, 0.10, 1.76> texture { Brass } }

// Four posts and two rails.
#macro Rail(Z)
  union {
    cylinder { <-2.9, 0.34, Z>, <-2.9, Top, Z>, 0.075 }
    cylinder { <2.9, 0.34, Z>, <2.9, Top, Z>, 0.075 }
    cylinder { <-2.9, Top, Z>, <2.9, Top, Z>, 0.075 }
    sphere { <-2.9, Top, Z>, 0.11 }
    sphere { <2.9, Top, Z>, 0.11 }
    texture { Brass }
  }
#end
Rail(-Half)
Rail(Half)

// A ball at place X on its two threads, swung by an angle about its hanging point.
#macro Ball(X, Angle)
  union {
    sphere { <0, -Hang + Radius, 0>, Radius texture { Chrome } }
    cylinder { <0, 0, -Half>, <0, -Hang + 2 * Radius - 0.02, 0>, 0.014 texture { Brass } }
    cylinder { <0, 0, Half>, <0, -Hang + 2 * Radius - 0.02, 0>, 0.014 texture { Brass } }
    rotate z * Angle
    translate <X, Top, 0>
  }
#end

#declare Count = 5;
#for (Place, 0, Count - 1)
  #declare Angle = 0;
  #if (Place = 0) #declare Angle = Left_angle; #end
  #if (Place = Count - 1) #declare Angle = Right_angle; #end
  Ball((Place - (Count - 1) / 2) * 2 * Radius, Angle)
#end
